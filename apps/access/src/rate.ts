import { isIPv6 } from 'node:net'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '@growr/contracts'

/** Counts a request; RATE_LIMITED with the seconds to wait. */
export type Count = (key: string) => Promise<void>

/** So many requests for each key in a span of seconds; 0 lets all pass. */
export function createCount(points: number, seconds: number): Count {
  if (points === 0) return () => Promise.resolve()
  const limiter = new RateLimiterMemory({ points, duration: seconds })
  return async (key) => {
    try {
      await limiter.consume(key)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      throw new Refusal('RATE_LIMITED', { details: { retryAfter: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)) } })
    }
  }
}

/** What of an address is counted: of IPv6 the network, since each customer has more addresses than anybody can count. */
export function addressKey(ip: string): string {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) return ip.replace(/^::ffff:/, '')
  const [head = '', tail] = ip.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return `${groups.slice(0, 4).join(':')}::/64`
}
