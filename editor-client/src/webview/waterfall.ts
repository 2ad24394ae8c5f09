/** The waterfall in its web view: takes a trace, draws it, and says which span was chosen. */

import { counted, duration } from "../figures.ts";
import * as layout from "./layout.ts";
import type { FromWaterfall, ToWaterfall } from "./messages.ts";
import { AXIS, ROW, axisWidth, colours, paint } from "./painting.ts";

declare function acquireVsCodeApi(): { postMessage(message: FromWaterfall): void };

const host = acquireVsCodeApi();
/** The most pixels for the names of spans; a narrow chart has fewer. */
const NAMES = 260;

function element<E extends HTMLElement>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`no ${id}`);
  return found;
}

const canvas = element("chart", HTMLCanvasElement);
const scroller = element("scroller", HTMLDivElement);
const room = element("room", HTMLDivElement);
const title = element("title", HTMLHeadingElement);
const figures = element("figures", HTMLParagraphElement);
const cut = element("cut", HTMLParagraphElement);
const note = element("note", HTMLSpanElement);
const all = element("all", HTMLButtonElement);
const said = element("said", HTMLDivElement);
const text = element("text", HTMLInputElement);
const type = element("type", HTMLSelectElement);
const errorsOnly = element("errors", HTMLInputElement);
const mineOnly = element("mine", HTMLInputElement);

let every: layout.Bar[] = [];
let bars: layout.Bar[] = [];
let whole: layout.Span = { from: 0, to: 1 };
let view: layout.Span = whole;
let selected: string | undefined;
let theme = colours(getComputedStyle(document.body));
let isDue = false;

function names(): number {
  return Math.min(NAMES, Math.round(scroller.clientWidth * 0.4));
}

function draw(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    const { clientWidth: width, clientHeight: height } = scroller;
    const scale = window.devicePixelRatio;
    canvas.width = width * scale;
    canvas.height = height * scale;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.scale(scale, scale);
    const top = scroller.scrollTop;
    paint(context, { bars, view, top, selected, names: names(), width, height }, theme);
  });
}

function filter(): void {
  bars = layout.filtered(every, {
    text: text.value,
    type: type.value,
    errorsOnly: errorsOnly.checked,
    mineOnly: mineOnly.checked,
  });
  room.style.height = `${AXIS + bars.length * ROW}px`;
  canvas.setAttribute("aria-label", `Waterfall of ${counted(bars.length, "span")}`);
  draw();
}

function begin(message: Extract<ToWaterfall, { kind: "trace" }>): void {
  every = [];
  title.textContent = message.name;
  figures.textContent = message.figures;
  note.textContent = message.note;
  cut.hidden = !message.isCut;
}

function add(message: Extract<ToWaterfall, { kind: "bars" }>): void {
  every = [...every, ...message.bars];
  if (!message.isLast) return;
  whole = layout.extent(every);
  view = whole;
  const types = [...new Set(every.map((bar) => bar.type))].sort();
  const options = types.map((each) => new Option(each.toLowerCase().replace("_", " "), each));
  type.replaceChildren(new Option("all types", ""), ...options);
  filter();
}

function select(spanId: string, isReveal: boolean): void {
  selected = spanId;
  const at = bars.findIndex((bar) => bar.spanId === spanId);
  const bar = bars[at];
  if (bar !== undefined) {
    const state = bar.isError ? "error" : "ok";
    said.textContent = `${bar.name}, ${duration(bar.durationMs)}, ${state}`;
    const y = at * ROW;
    const inside = scroller.clientHeight - AXIS - ROW;
    if (isReveal && (y < scroller.scrollTop || y > scroller.scrollTop + inside))
      scroller.scrollTop = y - inside / 2;
  }
  draw();
}

function choose(spanId: string, open: boolean): void {
  select(spanId, true);
  host.postMessage({ kind: "select", spanId, open });
}

function barAt(event: MouseEvent): layout.Bar | undefined {
  const y = event.clientY - scroller.getBoundingClientRect().top;
  return y < AXIS ? undefined : bars[Math.floor((y - AXIS + scroller.scrollTop) / ROW)];
}

function momentAt(event: MouseEvent): number {
  const width = axisWidth(scroller.clientWidth, names());
  const share =
    Math.max(0, event.clientX - scroller.getBoundingClientRect().left - names()) / width;
  return view.from + share * (view.to - view.from);
}

function stepBy(rows: number): void {
  const at = bars.findIndex((bar) => bar.spanId === selected);
  const next = bars[Math.min(bars.length - 1, Math.max(0, at + rows))];
  if (next !== undefined) choose(next.spanId, false);
}

function zoom(factor: number, around = (view.from + view.to) / 2): void {
  view = layout.zoomed(view, whole, factor, around);
  draw();
}

function pan(share: number): void {
  view = layout.moved(view, whole, share * (view.to - view.from));
  draw();
}

const KEYS: Record<string, () => void> = {
  ArrowDown: () => {
    stepBy(1);
  },
  ArrowUp: () => {
    stepBy(-1);
  },
  PageDown: () => {
    stepBy(20);
  },
  PageUp: () => {
    stepBy(-20);
  },
  Home: () => {
    stepBy(-Infinity);
  },
  End: () => {
    stepBy(Infinity);
  },
  ArrowLeft: () => {
    pan(-0.2);
  },
  ArrowRight: () => {
    pan(0.2);
  },
  "+": () => {
    zoom(1.5);
  },
  "=": () => {
    zoom(1.5);
  },
  "-": () => {
    zoom(1 / 1.5);
  },
  "0": () => {
    view = whole;
    draw();
  },
  "/": () => {
    text.focus();
  },
  Enter: () => {
    if (selected !== undefined) choose(selected, true);
  },
};

scroller.addEventListener("click", (event) => {
  const bar = barAt(event);
  scroller.focus();
  if (bar !== undefined) choose(bar.spanId, true);
});
scroller.addEventListener("keydown", (event) => {
  const act = KEYS[event.key];
  if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});
scroller.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
    event.preventDefault();
    if (event.shiftKey) pan(Math.sign(event.deltaY + event.deltaX) * 0.1);
    else zoom(event.deltaY < 0 ? 1.25 : 0.8, momentAt(event));
  },
  { passive: false },
);
scroller.addEventListener("mousemove", (event) => {
  const bar = barAt(event);
  scroller.title =
    bar === undefined
      ? ""
      : `${bar.name}\n${duration(bar.durationMs)}, own ${duration(bar.selfMs)}`;
});
scroller.addEventListener("scroll", draw);
window.addEventListener("resize", draw);
all.addEventListener("click", () => {
  host.postMessage({ kind: "all" });
});
for (const input of [text, type, errorsOnly, mineOnly]) input.addEventListener("input", filter);
new MutationObserver(() => {
  theme = colours(getComputedStyle(document.body));
  draw();
}).observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });

window.addEventListener("message", (event: MessageEvent<ToWaterfall>) => {
  const message = event.data;
  if (message.kind === "trace") begin(message);
  else if (message.kind === "bars") add(message);
  else select(message.spanId, true);
});
host.postMessage({ kind: "ready" });
