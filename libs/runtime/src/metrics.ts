import { Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, Registry, collectDefaultMetrics } from 'prom-client'

/** The values that a label may take, all known beforehand: any other is counted as `other`, so no person can become one. */
export type Labels = Readonly<Record<string, readonly string[]>>
export type LabelValues<L extends Labels> = { readonly [K in keyof L]: string }

export interface MetricOptions<L extends Labels> {
  /** In small letters with underscores, with the unit at its end: `append_seconds`. `growr_` is put before it. */
  readonly name: string
  readonly help: string
  readonly labels?: L
}

export interface Counter<L extends Labels> {
  add(labels: LabelValues<L>, by?: number): void
}

export interface Gauge<L extends Labels> {
  set(labels: LabelValues<L>, value: number): void
}

export interface Histogram<L extends Labels> {
  observe(labels: LabelValues<L>, value: number): void
  /** Starts a watch; the answer stops it and observes seconds. */
  time(labels: LabelValues<L>): () => void
}

export interface Metrics {
  counter<const L extends Labels = {}>(options: MetricOptions<L>): Counter<L>
  gauge<const L extends Labels = {}>(options: MetricOptions<L>): Gauge<L>
  histogram<const L extends Labels = {}>(options: MetricOptions<L> & { readonly buckets?: readonly number[] }): Histogram<L>
  /** What `/metrics` answers, in the text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
}

/**
 * Figures to the millionth: what stands behind it is the noise of sums (8.990000000000002), in which somebody who looks for phone numbers
 * finds some by chance.
 */
export const rounded = (text: string): string => text.replace(/ (-?\d+\.\d{7,})$/gm, (_all, figure: string) => ` ${Number(Number(figure).toFixed(6))}`)

const defaultBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

function bounded<L extends Labels>(allowed: L | undefined): (values: LabelValues<L>) => Record<string, string> {
  const names = Object.keys(allowed ?? {})
  const sets = new Map(names.map((name) => [name, new Set(allowed![name])]))
  return (values) => Object.fromEntries(names.map((name) => [name, sets.get(name)!.has(values[name]!) ? values[name]! : 'other']))
}

/** A registry of its own. `process: true` adds memory, event loop and garbage collection of this process. */
export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry()
  if (options.process) collectDefaultMetrics({ register: registry, prefix: 'growr_' })
  const settings = <L extends Labels>({ name, help, labels }: MetricOptions<L>) => {
    if (!/^[a-z][a-z0-9_]{0,80}$/.test(name)) throw new RangeError(`${name}: a metric's name is small letters and underscores`)
    return { name: `growr_${name}`, help, labelNames: Object.keys(labels ?? {}), registers: [registry] }
  }
  return {
    counter(given) {
      const counter = new PromCounter(settings(given))
      const only = bounded(given.labels)
      return { add: (labels, by = 1) => counter.inc(only(labels), by) }
    },
    gauge(given) {
      const gauge = new PromGauge(settings(given))
      const only = bounded(given.labels)
      return { set: (labels, value) => gauge.set(only(labels), value) }
    },
    histogram(given) {
      const histogram = new PromHistogram({ ...settings(given), buckets: [...(given.buckets ?? defaultBuckets)] })
      const only = bounded(given.labels)
      return {
        observe: (labels, value) => histogram.observe(only(labels), value),
        time(labels) {
          const from = process.hrtime.bigint()
          return () => histogram.observe(only(labels), Number(process.hrtime.bigint() - from) / 1e9)
        },
      }
    },
    text: async () => rounded(await registry.metrics()),
    contentType: registry.contentType,
  }
}
