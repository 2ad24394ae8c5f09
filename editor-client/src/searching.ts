/** Reads what somebody typed into the search box: words of a name, and `key:value` conditions. */

import type { SearchParams } from "./protocol.ts";

export const HELP =
  "Words of the name, state:error, session:ID, longer:2s, shorter:100ms, since:24h, or a filter as MLflow has it after filter:";

/** Turn a line into conditions; `now` in milliseconds. What cannot be read is said in a sentence. */
export function searchOf(line: string, now: number): SearchParams | string {
  const filter = /(?:^|\s)filter:(.*)$/s.exec(line);
  const params: SearchParams = { limit: 200 };
  if (filter?.[1] !== undefined) params.filter = filter[1].trim();
  const words: string[] = [];
  for (const part of line.slice(0, filter?.index ?? line.length).split(/\s+/)) {
    const [, key, value] = /^(\w+):(.+)$/.exec(part) ?? [];
    if (key === undefined || value === undefined) {
      if (part !== "") words.push(part);
      continue;
    }
    const wrong = put(params, key, value, now);
    if (wrong !== undefined) return wrong;
  }
  if (words.length > 0) params.name = words.join(" ");
  return params;
}

function put(params: SearchParams, key: string, value: string, now: number): string | undefined {
  const ms = milliseconds(value);
  switch (key) {
    case "state": {
      const state = value.toUpperCase();
      if (state !== "OK" && state !== "ERROR" && state !== "IN_PROGRESS")
        return "A state is ok, error or in_progress.";
      params.state = state;
      return undefined;
    }
    case "session":
      params.session = value;
      return undefined;
    case "longer":
    case "shorter":
    case "since":
      if (ms === undefined) return `${key}: takes a time such as 100ms, 2s, 5m, 24h or 7d.`;
      if (key === "longer") params.shortestMs = ms;
      else if (key === "shorter") params.longestMs = ms;
      else params.sinceNs = (now - ms) * 1_000_000;
      return undefined;
    default:
      return `${key}: is not known here. ${HELP}`;
  }
}

/** Read `100ms`, `2s`, `5m`, `24h`, `7d`. */
export function milliseconds(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const factors: Record<string, number> = {
    ms: 1,
    s: 1000,
    m: 60_000,
    h: 3_600_000,
    d: 86_400_000,
  };
  const factor = factors[unit ?? ""];
  return factor === undefined ? undefined : Math.round(Number(number) * factor);
}
