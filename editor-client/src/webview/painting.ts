/** Draws the visible rows of the waterfall on a canvas, in the colours of the theme. */

import { duration } from "../figures.ts";
import { pixels, ticks, type Bar, type Span } from "./layout.ts";

export const ROW = 22;
export const AXIS = 24;
/** Room at the right for the figure of a bar that ends there. */
const MARGIN = 64;

export interface Colours {
  text: string;
  faint: string;
  bar: string;
  error: string;
  other: string;
  critical: string;
  selection: string;
  font: string;
}

export interface Picture {
  bars: Bar[];
  view: Span;
  top: number;
  selected: string | undefined;
  names: number;
  width: number;
  height: number;
}

/** The pixels of the time axis in a chart of some width, names at its left. */
export function axisWidth(width: number, names: number): number {
  return Math.max(1, width - names - MARGIN);
}

/** Read the theme; called again when it changes. */
export function colours(style: CSSStyleDeclaration): Colours {
  const of = (name: string): string => style.getPropertyValue(`--vscode-${name}`).trim();
  return {
    text: of("foreground"),
    faint: of("editorIndentGuide-background1") || of("descriptionForeground"),
    bar: of("charts-blue"),
    error: of("charts-red"),
    other: of("disabledForeground") || of("descriptionForeground"),
    critical: of("charts-orange"),
    selection: of("list-activeSelectionBackground"),
    font: `12px ${of("font-family") || "sans-serif"}`,
  };
}

export function paint(context: CanvasRenderingContext2D, picture: Picture, theme: Colours): void {
  context.clearRect(0, 0, picture.width, picture.height);
  context.font = theme.font;
  context.textBaseline = "middle";
  const first = Math.max(0, Math.floor(picture.top / ROW));
  const last = Math.min(picture.bars.length, Math.ceil((picture.top + picture.height) / ROW) + 1);
  paintTicks(context, picture, theme);
  for (let at = first; at < last; at += 1) {
    const bar = picture.bars[at];
    if (bar !== undefined) paintRow(context, picture, theme, bar, AXIS + at * ROW - picture.top);
  }
  context.clearRect(0, 0, picture.names, AXIS);
}

function paintTicks(context: CanvasRenderingContext2D, picture: Picture, theme: Colours): void {
  const width = axisWidth(picture.width, picture.names);
  for (const tick of ticks(picture.view, Math.max(3, Math.floor(width / 110)))) {
    const share = (tick - picture.view.from) / (picture.view.to - picture.view.from);
    const x = Math.round(picture.names + share * width) + 0.5;
    context.strokeStyle = theme.faint;
    context.globalAlpha = 0.5;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, picture.height);
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = theme.text;
    context.fillText(duration(tick), x + 4, AXIS / 2);
  }
}

function paintRow(
  context: CanvasRenderingContext2D,
  picture: Picture,
  theme: Colours,
  bar: Bar,
  y: number,
): void {
  if (y < AXIS - ROW) return;
  if (bar.spanId === picture.selected) {
    context.fillStyle = theme.selection;
    context.fillRect(0, y, picture.width, ROW);
  }
  const width = axisWidth(picture.width, picture.names);
  const at = pixels(bar, picture.view, width);
  context.save();
  context.beginPath();
  context.rect(picture.names, AXIS, width + MARGIN, picture.height);
  context.clip();
  const colour = bar.isError ? theme.error : bar.isMine ? theme.bar : theme.other;
  context.fillStyle = colour;
  context.globalAlpha = 0.45;
  context.fillRect(picture.names + at.x, y + 4, at.width, ROW - 8);
  context.globalAlpha = 1;
  // The lower half tells how much of the time was the span's own.
  const own = bar.durationMs === 0 ? 1 : bar.selfMs / bar.durationMs;
  context.fillRect(picture.names + at.x, y + ROW / 2, Math.max(1, at.width * own), ROW / 2 - 4);
  if (bar.isCritical) {
    context.fillStyle = theme.critical;
    context.fillRect(picture.names + at.x, y + ROW - 3, at.width, 2);
  }
  context.fillStyle = theme.text;
  const figure = bar.isFinished ? duration(bar.durationMs) : "not finished";
  context.fillText(figure, picture.names + at.x + at.width + 4, y + ROW / 2);
  context.restore();
  paintName(context, picture, theme, bar, y);
}

function paintName(
  context: CanvasRenderingContext2D,
  picture: Picture,
  theme: Colours,
  bar: Bar,
  y: number,
): void {
  context.save();
  context.beginPath();
  context.rect(0, AXIS, picture.names - 8, picture.height);
  context.clip();
  context.fillStyle = bar.isError ? theme.error : theme.text;
  context.globalAlpha = bar.isMine || bar.isError ? 1 : 0.6;
  const mark = bar.isError ? "✕ " : "";
  context.fillText(mark + bar.name, 8 + Math.min(bar.depth, 12) * 12, y + ROW / 2);
  context.restore();
}
