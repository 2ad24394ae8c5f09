/** The server's own messages: a mirror of `server/tracegloss/lsp/protocol.py`, held to it by a test. */

export const STATUS = "tracegloss/status";

export const SPAN_LOCATION = "tracegloss/spanLocation";
export const SPAN_DETAIL = "tracegloss/span/detail";
export const SPAN_CODE = "tracegloss/span/code";
export const TRACE_SPANS = "tracegloss/traces/spans";
export const TRACES_LIST = "tracegloss/traces/list";
export const TRACES_SEARCH = "tracegloss/traces/search";
export const TRACES_LOAD = "tracegloss/traces/load";
export const TRACES_PIN = "tracegloss/traces/pin";
export const TRACES_RELEASE = "tracegloss/traces/release";
export const TRACES_FOLLOW = "tracegloss/traces/follow";
export const OPEN_TRACE_FILE = "tracegloss/openTraceFile";
export const VISIBILITY = "tracegloss/visibility";

export interface SpanParams {
  traceId: string;
  spanId: string;
}

export interface SpansParams {
  traceId: string;
  offset?: number;
  limit?: number;
  parent?: string;
}

export interface ListParams {
  offset?: number;
  limit?: number;
  root?: string;
}

export interface SearchParams {
  state?: "OK" | "ERROR" | "IN_PROGRESS";
  name?: string;
  session?: string;
  sinceNs?: number;
  untilNs?: number;
  shortestMs?: number;
  longestMs?: number;
  filter?: string;
  order?: "newest" | "oldest" | "longest" | "shortest";
  limit?: number;
  root?: string;
}

export interface LoadParams {
  traceIds: string[];
  root?: string;
  workDoneToken?: string;
}

export interface PinParams {
  traceIds: string[];
  root?: string;
  workDoneToken?: string;
}

export interface ReleaseParams {
  traceIds?: string[];
  root?: string;
}

export interface FollowParams {
  enabled: boolean;
  root?: string;
}

export interface OpenFileParams {
  uri: string;
  workDoneToken?: string;
}

export interface Position {
  line: number;
  character: number;
}

export interface Range {
  start: Position;
  end: Position;
}

/** A range of a text; lines and characters count from 0, characters in UTF-16 units. */
export interface Place {
  uri: string;
  range: Range;
}

export interface SpanLocation {
  outcome: "resolved" | "ambiguous" | "unresolved";
  confidence: string;
  place: Place | null;
  qualifiedName: string;
  reasons: string[];
  alternatives: string[];
  candidates: Place[];
  calledFrom: Place | null;
  near: Place | null;
  isGone: boolean;
}

/** Where a function was or is: lines from 0, the end exclusive. */
export interface FunctionPlace {
  path: string;
  cell: number | null;
  startLine: number;
  endLine: number;
  qualifiedName: string;
}

/** The code of a span as it ran, and where its function is now. */
export interface SpanCode {
  then: FunctionPlace & { commit: string; text: string };
  now: (FunctionPlace & { uri: string }) | null;
  diff: string;
  uncommittedEditsKnown: boolean;
}

export interface Recording {
  text: string;
  nBytes: number;
}

export interface SpanDetail {
  spanId: string;
  name: string;
  type: string;
  status: string;
  inputs: Recording | null;
  outputs: Recording | null;
  attributes: Recording;
  exceptions: { type: string; message: string; stack: Recording }[];
  frames: { label: string; place: Place }[];
  reasons: string[];
  alternatives: string[];
  since: string;
  findings: string[];
}

/** One span in a tree or a waterfall; times in milliseconds, `startMs` from the trace's start. */
export interface SpanRow {
  spanId: string;
  parentId: string | null;
  depth: number;
  nChildren: number;
  name: string;
  type: string;
  status: string;
  startMs: number;
  durationMs: number | null;
  selfMs: number | null;
  isCritical: boolean;
  outcome: "resolved" | "ambiguous" | "unresolved";
  confidence: string;
  reason: string;
  place: Place | null;
  mark: "error" | "warning" | "information" | "hint" | null;
}

export interface TracePage {
  traceId: string;
  offset: number;
  total: number;
  rows: SpanRow[];
}

export interface TraceRow {
  traceId: string;
  name: string;
  state: string;
  timeMs: number | null;
  durationMs: number | null;
  tokens: number | null;
  assessments: number;
  request: string;
  response: string;
  isLoaded: boolean;
  isPinned: boolean;
  isForeign: boolean;
}

export interface TraceRows {
  root: string;
  source: string;
  experimentId: string;
  experiment: string;
  because: string;
  hasMore: boolean;
  traces: TraceRow[];
}

export type State =
  | "hidden"
  | "indexing"
  | "no-source"
  | "choose-experiment"
  | "empty"
  | "loaded"
  | "pinned"
  | "unreachable";

export interface Status {
  state: State;
  text: string;
  detail: string;
  root: string;
  traces: number;
  errors: number;
  sites: number;
  following: boolean;
  pinned: string[];
  experiments: { experimentId: string; name: string; traces: number | null }[];
  problems: string[];
}

export interface VisibilityParams {
  isVisible: boolean;
}

/** Every request with what it takes and what it answers. */
export interface Requests {
  [SPAN_LOCATION]: { params: SpanParams; answer: SpanLocation };
  [SPAN_DETAIL]: { params: SpanParams; answer: SpanDetail };
  [SPAN_CODE]: { params: SpanParams; answer: SpanCode };
  [TRACE_SPANS]: { params: SpansParams; answer: TracePage };
  [TRACES_LIST]: { params: ListParams; answer: TraceRows };
  [TRACES_SEARCH]: { params: SearchParams; answer: TraceRows };
  [TRACES_LOAD]: { params: LoadParams; answer: { traceIds: string[] } };
  [TRACES_PIN]: { params: PinParams; answer: { pinned: string[] } };
  [TRACES_RELEASE]: { params: ReleaseParams; answer: { pinned: string[] } };
  [TRACES_FOLLOW]: { params: FollowParams; answer: { following: boolean } };
  [OPEN_TRACE_FILE]: { params: OpenFileParams; answer: { traceIds: string[]; traces: TraceRow[] } };
  [VISIBILITY]: { params: VisibilityParams; answer: null };
}
