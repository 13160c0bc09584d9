import { randomBytes } from 'node:crypto'
import type { RequestRef } from '@growr/collections'
import { Refusal } from '@growr/contracts'
import type { Kit } from '../kit.ts'
import type { ChallengeDoc } from './verification.collections.ts'

/** How long a challenge may be answered, in milliseconds of real time. */
export const LIFETIME = 300_000

/** Gives out a challenge for one use; a repeated request gets the same one. */
export async function giveChallenge(kit: Kit, project: string, user: string | null, request: RequestRef | undefined): Promise<ChallengeDoc> {
  const expiresAt = new Date(kit.real.now().getTime() + LIFETIME).toISOString()
  const doc = { id: randomBytes(32).toString('base64url'), project, user, used: false, expiresAt }
  return (await kit.challenges.insert(doc, request && { request })).doc
}

/**
 * Uses a challenge up: of many who come with it at once, one goes on. WRONG_CHALLENGE where it was never given out, was
 * for another project or another borrower, has expired, or was used; a repetition of the same request goes on again.
 */
export async function useChallenge(kit: Kit, challenge: string, project: string, user: string | null, request: RequestRef | undefined): Promise<void> {
  const wrong = (): Refusal => new Refusal('WRONG_CHALLENGE', { path: 'challenge' })
  const found = await kit.challenges.get(challenge)
  if (found === null) throw wrong()
  const now = kit.real.now().toISOString()
  await kit.challenges.update(challenge, (doc) => {
    const other = doc.user !== null && doc.user !== user
    if (doc.used || doc.project !== project || other || doc.expiresAt <= now) throw wrong()
    return { ...doc, used: true }
  }, request && { request })
}
