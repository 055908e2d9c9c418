/**
 * Writes the generator of a training as an ONNX file: `npm run export -- RUN_DIR`. With `--page DIR` it also makes a
 * page that draws with it, for any static host.
 */
import { helpText, type Options, readCommandLine, runCommand, UsageError } from '../../bench/support/command-line.ts';
import { writeOnnx, writePage } from './write-onnx.ts';

const USAGE = 'npm run export';
const OPTIONS = {
  page: { type: 'string', value: 'DIR', help: 'also make a page in DIR that draws with the file' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

await runCommand(USAGE, async () => {
  const { values, positionals } = readCommandLine(process.argv.slice(2), OPTIONS, { words: true });
  if (values.help) return console.log(helpText(USAGE, OPTIONS, 'RUN_DIR'));
  const [run] = positionals;
  if (run === undefined || positionals.length > 1) throw new UsageError('pass the folder of one training, RUN_DIR');
  const written = await writeOnnx(run);
  console.log(`The generator is in ${written.path}`);
  if (values.page === undefined) return;
  writePage(values.page, written);
  const query = written.classes === 0 ? '' : `?classes=${written.classes}`;
  console.log(
    `The page is in ${values.page}; a server is needed, such as\n` +
      `  python3 -m http.server --bind 127.0.0.1 --directory ${values.page} 8000\n` +
      `and then http://127.0.0.1:8000/${query}`,
  );
});
