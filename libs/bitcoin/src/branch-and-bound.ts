const TRIES = 100_000

/**
 * The places of coins whose values sum to `target` or at most `slack` more, with the least excess that was found; null where there are
 * none, or none within a bounded number of tries. The values are ordered from the largest down and positive.
 */
export function branchAndBound(values: readonly bigint[], target: bigint, slack: bigint): number[] | null {
  const rest: bigint[] = Array.from({ length: values.length + 1 }, () => 0n)
  for (let at = values.length - 1; at >= 0; at--) rest[at] = (rest[at + 1] ?? 0n) + (values[at] ?? 0n)
  let best: number[] | null = null
  let excess = slack + 1n
  const taken: number[] = []
  let sum = 0n
  let at = 0
  for (let tries = 0; tries < TRIES; tries++) {
    const over = sum - target
    if (over >= 0n && over < excess) {
      best = [...taken]
      excess = over
      if (over === 0n) break
    }
    if (over < 0n && sum + (rest[at] ?? 0n) >= target && at < values.length) {
      taken.push(at)
      sum += values[at] ?? 0n
      at++
      continue
    }
    const last = taken.pop()
    if (last === undefined) break
    sum -= values[last] ?? 0n
    at = last + 1
    // Without this one, another of the same value leads to the same sums.
    while (at < values.length && values[at] === values[last]) at++
  }
  return best
}
