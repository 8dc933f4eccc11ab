/** The one time axis of all views: what part of the trace is visible. Views never keep a zoom of their own. */
import { easeCubicOut, scaleLinear } from 'd3';
import type { ScaleLinear } from 'd3';

export type Range = readonly [number, number];

const MOTION_MS = 140;
/** No view is narrower than this: below it, a clock of a nanosecond has nothing more to show. */
const MIN_SPAN_NS = 20;

export class TimeAxis {
  #full: Range = [0, 1];
  #visible: Range = [0, 1];
  readonly #listeners = new Set<() => void>();
  #motion = 0;
  /** Set by the shell of the page: no motion when the reader asked for none. */
  reducedMotion = false;

  get full(): Range {
    return this.#full;
  }

  get visible(): Range {
    return this.#visible;
  }

  get spanNs(): number {
    return this.#visible[1] - this.#visible[0];
  }

  /** Times to pixels of a drawing `widthPx` wide. */
  scale(widthPx: number): ScaleLinear<number, number> {
    return scaleLinear(this.#visible, [0, widthPx]);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The extent of the whole trace. A view that showed the newest end keeps showing it while the trace grows. */
  setFull(full: Range, follow = false): void {
    const [, oldEnd] = this.#full;
    this.#full = full[1] > full[0] ? full : [full[0], full[0] + 1];
    if (follow) {
      const span = Math.min(this.spanNs, full[1] - full[0]);
      if (this.#visible[1] >= oldEnd) return this.#set([full[1] - span, full[1]]);
    }
    this.#set(this.#visible);
  }

  /** Shows a range at once. */
  show(range: Range): void {
    cancelAnimationFrame(this.#motion);
    this.#set(range);
  }

  /** Moves to a range, quickly; at once for readers who asked for no motion. */
  glide(range: Range): void {
    cancelAnimationFrame(this.#motion);
    const from = this.#visible;
    const to = this.#clamp(range);
    if (this.reducedMotion) return this.#set(to);
    const start = performance.now();
    const frame = (now: number) => {
      const t = easeCubicOut(Math.min(1, Math.max(0, (now - start) / MOTION_MS)));
      this.#set([from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t]);
      if (t < 1) this.#motion = requestAnimationFrame(frame);
    };
    this.#motion = requestAnimationFrame(frame);
  }

  /** A range with a little air on both sides. */
  glideTo(startNs: number, endNs: number, air = 0.06): void {
    const span = Math.max(endNs - startNs, MIN_SPAN_NS);
    this.glide([startNs - span * air, endNs + span * air]);
  }

  /** Brings a time range into view without changing the zoom more than needed. */
  reveal(startNs: number, endNs: number): void {
    const [from, to] = this.#visible;
    if (startNs >= from && endNs <= to) return;
    if (endNs - startNs > this.spanNs * 0.9) return this.glideTo(startNs, endNs);
    const middle = (startNs + endNs) / 2;
    this.glide([middle - this.spanNs / 2, middle + this.spanNs / 2]);
  }

  zoom(factor: number, aroundNs = (this.#visible[0] + this.#visible[1]) / 2): void {
    const [from, to] = this.#visible;
    this.glide([aroundNs - (aroundNs - from) / factor, aroundNs + (to - aroundNs) / factor]);
  }

  /** Moves by a share of what is visible. */
  pan(share: number): void {
    const move = share * this.spanNs;
    this.glide([this.#visible[0] + move, this.#visible[1] + move]);
  }

  showAll(): void {
    this.glide(this.#full);
  }

  #clamp([from, to]: Range): Range {
    const [start, end] = this.#full;
    const span = Math.min(Math.max(to - from, MIN_SPAN_NS), end - start);
    const at = Math.min(Math.max((from + to) / 2 - span / 2, start), end - span);
    return [at, at + span];
  }

  #set(range: Range): void {
    const next = this.#clamp(range);
    if (next[0] === this.#visible[0] && next[1] === this.#visible[1]) return;
    this.#visible = next;
    for (const listener of this.#listeners) listener();
  }
}
