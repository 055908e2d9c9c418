/**
 * Draws pictures by generator.onnx, 40 at a time. With ?classes=10 in the address, the last ten numbers of an input are
 * a class, and each column shows one.
 */
import { env, InferenceSession, Tensor } from './ort.wasm.bundle.min.mjs';

const COUNT = 40;
const status = document.querySelector('#status');
const button = document.querySelector('#draw');
const classes = Number(new URLSearchParams(location.search).get('classes') ?? 0);

// Threads would need a page that is cross-origin isolated.
env.wasm.numThreads = 1;

try {
  const session = await InferenceSession.create('generator.onnx');
  // ['batch', length of an input]
  const length = session.inputMetadata[0].shape[1];
  const redraw = () => draw(session, length).catch(report);
  button.addEventListener('click', redraw);
  await redraw();
  button.disabled = false;
} catch (error) {
  report(error);
}

async function draw(session, length) {
  const input = new Tensor('float32', drawInput(length), [COUNT, length]);
  const start = performance.now();
  const { output } = await session.run({ input });
  const milliseconds = performance.now() - start;
  show(output);
  status.textContent = `${COUNT} pictures in ${milliseconds.toFixed(1)} ms`;
}

/** Normal noise, and the class if there is one. */
function drawInput(length) {
  const input = new Float32Array(COUNT * length);
  for (let row = 0; row < COUNT; row++) {
    for (let i = 0; i < length - classes; i++) input[row * length + i] = normal();
    if (classes > 0) input[(row + 1) * length - classes + (row % classes)] = 1;
  }
  return input;
}

/** A standard normal number, by the method of Box and Muller. */
function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

/** Shows images [n, height, width, channels], one or three channels from -1 to 1. */
function show({ data, dims: [count, height, width, channels] }) {
  const size = height * width;
  const canvases = Array.from({ length: count }, (_, image) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const pixels = new ImageData(width, height);
    for (let i = 0; i < size; i++) {
      for (let channel = 0; channel < 3; channel++) {
        const value = data[(image * size + i) * channels + (channels === 1 ? 0 : channel)];
        pixels.data[4 * i + channel] = (value + 1) * 127.5;
      }
      pixels.data[4 * i + 3] = 255;
    }
    canvas.getContext('2d').putImageData(pixels, 0, 0);
    return canvas;
  });
  document.querySelector('#pictures').replaceChildren(...canvases);
}

function report(error) {
  status.textContent = `It did not work: ${error.message}`;
}
