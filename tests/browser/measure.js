// Measures every frame of a page and writes what it found, as JSON, into the title.
// Contrast: WCAG 2.2, 1.4.3; large text (24 px, or bold from 18.66 px) needs 3, other text 4.5.
const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const parsed = (text) => {
  const [r, g, b, alpha = 1] = text.match(/[\d.]+/g).map(Number);
  return [r, g, b, alpha];
};
const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3]));

function behind(element, view) {
  const layers = [];
  for (let at = element; at; at = at.parentElement) layers.push(parsed(view.getComputedStyle(at).backgroundColor));
  const dark = view.matchMedia("(prefers-color-scheme: dark)").matches;
  return layers.reverse().reduce((below, layer) => over(layer, below), dark ? [0, 0, 0] : [255, 255, 255]);
}

function ratioOf(element, view) {
  const style = view.getComputedStyle(element);
  const ink = parsed(element instanceof view.SVGElement ? style.fill : style.color);
  const ground = behind(element, view);
  const [light, dark] = [luminance(over(ink, ground)), luminance(ground)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function needed(element, view) {
  const style = view.getComputedStyle(element);
  const size = parseFloat(style.fontSize);
  return size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
}

function isText(element) {
  const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return words && element.getClientRects().length > 0 && !["STYLE", "SCRIPT", "TITLE"].includes(element.tagName);
}

function measured(frame) {
  const view = frame.contentWindow, page = view.document;
  page.querySelectorAll("details").forEach((each) => { each.open = true; });
  const texts = [...page.querySelectorAll("body *")].filter(isText);
  const pale = texts.filter((each) => ratioOf(each, view) < needed(each, view));
  const told = pale.map((each) =>
    `${each.tagName.toLowerCase()}.${each.getAttribute("class")}: ${each.textContent.trim().slice(0, 30)}: ${ratioOf(each, view).toFixed(2)}`);
  return {
    scheme: view.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
    width: view.innerWidth,
    overflow: page.documentElement.scrollWidth - page.documentElement.clientWidth,
    texts: texts.length,
    pale: [...new Set(told)],
  };
}

window.addEventListener("load", () => {
  document.title = JSON.stringify([...document.querySelectorAll("iframe")].map(measured));
});
