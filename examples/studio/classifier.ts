/**
 * Writes the network whose features the Frechet distance compares: `node --import tsx examples/studio/classifier.ts
 * FILE`. It is the classifier of `npm run evaluate`, trained on the first 5,000 digits when it is first needed, half a
 * minute, and kept in runs/.
 */
import { encodeWeights } from '../../src/index.ts';
import { writeFileAtomic } from '../../src/node/index.ts';
import { loadClassifier } from '../classifier.ts';
import { loadSplits } from '../digits.ts';
import { RUNS } from '../run-folder.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('name the file to write');
const { classifier } = await loadClassifier(undefined, await loadSplits(undefined), RUNS, console.log);
await writeFileAtomic(file, encodeWeights({ features: classifier.features }));
