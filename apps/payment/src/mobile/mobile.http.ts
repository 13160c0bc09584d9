import type { HttpResponse, HttpRoute } from '@growr/service'
import { Refusal } from '@growr/contracts'
import type { Payments } from '../payments.ts'
import { callbackOf } from './mobile.accounts.ts'

const ID = /^[A-Za-z0-9._:-]{1,64}$/
/** How long a callback is kept, whatever came of it. */
const KEPT_MS = 90 * 86_400_000

const refused = (status: number, refusal: Refusal): HttpResponse => ({ status, body: refusal.toJSON() })

/**
 * Where providers post their callbacks. What is said there is a hint: it is on disk before the answer, and moves no money; the
 * provider's own list or a statement does. PROVIDER_UNKNOWN, BAD_INPUT, RATE_LIMITED.
 */
export function mobileRoutes(payments: () => Payments): readonly HttpRoute[] {
  return [{
    method: 'POST',
    path: callbackOf(':provider', ':organization'),
    handle: async ({ params, body }) => {
      const { mobile, keyOf, clock } = payments()
      const { provider: name = '', organization = '' } = params
      const account = ID.test(organization) ? (await mobile.accounts.get(organization))?.doc : undefined
      const provider = mobile.providers.get(name)
      if (!provider || account?.provider !== name) return refused(404, new Refusal('PROVIDER_UNKNOWN', { path: 'path.provider' }))
      const hint = provider.readHint(body)
      if (hint === null) return refused(400, new Refusal('BAD_INPUT', { path: 'body' }))
      const id = keyOf('M', name, organization, hint.reference)
      if (!(await mobile.hints.get(id))) {
        if ((await mobile.hints.count({ organization, state: 'WAITING' })) >= mobile.mostWaiting) return refused(429, new Refusal('RATE_LIMITED'))
        const now = clock.now()
        const doc = { id, organization, state: 'WAITING' as const, reference: hint.reference, at: hint.at?.toISOString() ?? null, receivedAt: now.toISOString(), expiresAt: new Date(now.getTime() + KEPT_MS).toISOString() }
        await mobile.hints.insert(doc).catch((error: unknown) => {
          // The same callback, twice at once.
          if ((error as { code?: unknown }).code !== 'DUPLICATE') throw error
        })
      }
      mobile.wake(organization)
      return { status: 200, body: provider.acknowledgement }
    },
  }]
}
