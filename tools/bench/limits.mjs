// What is asked of each benchmark, by the name of its file. It stands here, beside the runner, so that a measurement cannot soften its own aim.
export const limits = {
  gateway: { figure: 'ratio', atMost: 1.6, asked: 'CPU of a query over two subgraphs through the gateway in process, against one plain Apollo schema' },
  append: { figure: 'ratio', atLeast: 0.7, asked: 'durable acknowledged appends, 64 in flight, against hyperbee batches of 64 with one fdatasync each' },
  payments: { figure: 'ratio', atLeast: 0.8, asked: 'Lightning payments a second out of an account, against the bare LDK node' },
  read: { figure: 'ratio', atLeast: 20, asked: 'a record by key through an action, against raw hyperbee get' },
  scan: { figure: 'ratio', atMost: 1.2, asked: 'blocks scanned with 1,000, 10,000 and 100,000 watched scripts, the slowest against the fastest' },
  verify: { figure: 'ratio', atMost: 1.5, asked: 'fresh presentations with three credentials, against the bare signature checks they contain' },
}

/** Whether a figure holds what is asked: undefined where nothing is. */
export function verdict(limit, figures) {
  if (!limit) return undefined
  const value = figures[limit.figure]
  if (typeof value !== 'number' || Number.isNaN(value)) return { ok: false, text: `${limit.figure} was not measured` }
  const ok = limit.atMost === undefined ? value >= limit.atLeast : value <= limit.atMost
  return { ok, text: `${limit.figure} ${limit.atMost === undefined ? `at least ${limit.atLeast}` : `at most ${limit.atMost}`}` }
}
