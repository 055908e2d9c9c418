// The slider over the pictures of the epochs. Without scripts the page shows all of them in a list.
const section = document.querySelector('#samples');
const items = [...section.querySelectorAll('.epochs li')];
const controls = section.querySelector('.slider');
const range = controls.querySelector('input');
const output = controls.querySelector('output');
const button = controls.querySelector('button');
let timer;

function show(index) {
  items.forEach((item, i) => {
    item.hidden = i !== index;
  });
  const text = items[index].querySelector('p').textContent;
  range.value = index;
  range.setAttribute('aria-valuetext', text);
  output.textContent = text;
}

function stop() {
  clearInterval(timer);
  timer = undefined;
  button.textContent = 'Play';
}

function play() {
  let index = Number(range.value) === items.length - 1 ? 0 : Number(range.value);
  show(index);
  button.textContent = 'Pause';
  timer = setInterval(() => {
    index++;
    show(index);
    if (index === items.length - 1) stop();
  }, 200);
}

range.addEventListener('input', () => {
  stop();
  show(Number(range.value));
});
button.addEventListener('click', () => {
  if (timer === undefined) play();
  else stop();
});
section.classList.add('sliding');
controls.hidden = items.length < 2;
show(items.length - 1);
