// Bundles the page into ../dist: one app, its style and font, three workers. Every name but
// index.html holds a hash of its content, so that all else can be kept for ever.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build } from 'esbuild';

process.chdir(import.meta.dirname ?? new URL('.', import.meta.url).pathname);
const dist = '../dist';

const options = {
  bundle: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  legalComments: 'linked',
  loader: { '.graphql': 'text', '.ttf': 'file' },
  logLevel: 'warning',
  metafile: true,
  minify: true,
  outdir: dist,
  target: 'es2022',
};

/** What was built from an entry: its file's name, and its style's. */
function built(result, entryPoint) {
  const [file, output] = Object.entries(result.metafile.outputs).find(
    ([, { entryPoint: entry }]) => entry === entryPoint,
  );
  return { script: basename(file), style: output.cssBundle && basename(output.cssBundle) };
}

await rm(dist, { recursive: true, force: true });

const sources = {
  editor: 'node_modules/monaco-editor/esm/vs/editor/editor.worker.js',
  graphql: 'node_modules/monaco-graphql/esm/graphql.worker.js',
  json: 'node_modules/monaco-editor/esm/vs/language/json/json.worker.js',
};
const workers = await build({ ...options, entryPoints: Object.values(sources), format: 'iife' });
const names = Object.fromEntries(
  Object.entries(sources).map(([label, source]) => [label, built(workers, source).script]),
);

const app = await build({
  ...options,
  define: { ...options.define, WORKERS: JSON.stringify(names) },
  entryPoints: ['app.jsx'],
  format: 'esm',
  jsx: 'automatic',
});
const { script, style } = built(app, 'app.jsx');

// The index comes last: where it is, all that it names is.
const page = await readFile('index.html', 'utf8');
await writeFile(`${dist}/index.html`, page.replace('{script}', script).replace('{style}', style));
