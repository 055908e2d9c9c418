/** ganvas/node: what needs files, the network or the terminal. It re-exports nothing of ganvas itself. */
export { type CheckpointFileSystem, checkpointDirectory } from './checkpoints.ts';
export type { ClaimFileSystem } from './claim.ts';
export { csvLog } from './csv-log.ts';
export { type FileSystem, type OpenFile, writeFileAtomic } from './files.ts';
export { type ReadIdxOptions, readIdxFile } from './idx.ts';
export { saveImage } from './image.ts';
export { type LoadedImages, type LoadImagesOptions, loadImages } from './images.ts';
export type { StepPlace } from './log-file.ts';
export { loadMnist, type Mnist, type MnistOptions } from './mnist.ts';
export { loadModel, saveModel } from './model-files.ts';
export type { ReadableFileSystem, ReadableHandle } from './read-file.ts';
export { type LoggedEpoch, type TensorboardLog, tensorboardLog } from './tensorboard.ts';
export { createDashboard, type Dashboard, type DashboardOptions, type TerminalStream } from './terminal.ts';
export { enableWideSimd } from './wide.ts';
