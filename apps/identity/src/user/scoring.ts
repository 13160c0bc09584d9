import { callingUser, type ActionContext } from '@growr/bus'
import { identity, Refusal, user as contract, type Params, type Result } from '@growr/contracts'
import type { Kit } from '../kit.ts'
import { ask } from '../identity/connector.ts'
import { record } from '../identity/permissions.ts'
import { walletOf } from '../identity/record.ts'
import type { PermissionDoc, WalletDoc } from '../identity/identity.collections.ts'
import { readProfile } from './profile.ts'

type Score = Result<typeof contract.requestScore>
const REMEMBERED = 30 * 86_400_000

/** Where a permission to pass the profile on stands among the permissions of a record. */
export const scoringOf = (organization: string): string => `scoring:${organization}`

/**
 * Passes what she permits of her profile to the scoring system of an organization of hers; what that signs becomes a FinancialHealth
 * credential, stated by the organization. SCORING_NOT_CONFIGURED, PERMISSION_MISSING, PERMISSION_WITHDRAWN, and the refusals of
 * `ask`: a system that declines says why in the details.
 */
export async function requestScore(kit: Kit, params: Params<typeof contract.requestScore>, context: ActionContext): Promise<Score> {
  const caller = callingUser(context)
  const organization = params.organization ?? caller.organization
  const person = await kit.users.get(caller.userId)
  const belongs = person?.doc.memberships.some((held) => held.type === 'BORROWER' && held.status === 'ACTIVE' && held.organization === organization)
  if (organization === undefined || !belongs) throw new Refusal('FORBIDDEN', { path: 'organization' })
  const found = await kit.organizations.get(organization)
  const scoring = found?.doc.scoring
  if (!scoring) throw new Refusal('SCORING_NOT_CONFIGURED')
  const wallet = await walletOf(kit, { user: caller.userId })
  const score = async (): Promise<Score> => {
    const fields = await permitted(kit, wallet, { organization, did: found.doc.did }, params.permit)
    const { profile } = await readProfile(kit, wallet.id)
    const passed = Object.fromEntries(Object.entries(profile).filter(([name]) => fields.includes(name)))
    const { claims } = await ask(kit, scoring, { type: 'FinancialHealth', subject: wallet.did, organization, profile: passed })
    const { id } = await context.call(identity.issueVC, { organization, did: wallet.did, type: 'FinancialHealth', claims: { ...claims } })
    return { credential: id, score: typeof claims['score'] === 'number' ? claims['score'] : null }
  }
  const request = kit.requestRef(contract.requestScore, params, context)
  if (request === undefined) return score()
  const expiresAt = new Date(kit.real.now().getTime() + REMEMBERED).toISOString()
  const { doc } = await kit.asked.insert({ id: kit.newId(), credential: null, expiresAt }, { request })
  return kit.turns.run(`asked:${doc.id}`, async () => {
    const earlier = (await kit.asked.get(doc.id))?.doc
    if (earlier?.credential) return { credential: earlier.credential, score: earlier.score ?? null }
    const given = await score()
    await kit.asked.update(doc.id, (asked) => ({ ...asked, ...given }))
    return given
  })
}

/** The fields that may pass: those that she names now, or named before and did not take back. */
async function permitted(kit: Kit, wallet: WalletDoc, { organization, did }: { organization: string; did: string }, permit: readonly string[] | undefined): Promise<readonly string[]> {
  const wish = { wallet, project: scoringOf(organization), verifier: did, types: [] }
  const known = await kit.permissions.findOne('key', `${wallet.id}/${wish.project}/${did}`)
  let permission: PermissionDoc | undefined = known?.doc
  if (permit !== undefined) permission = await record(kit, { ...wish, fields: permit }, 'OWNER', undefined)
  if (permission === undefined) throw new Refusal('PERMISSION_MISSING', { path: 'permit' })
  const usedAt = kit.clock.now().toISOString()
  const { doc } = await kit.permissions.update(permission.id, (now) => {
    // Withdrawn in this very moment: nothing passes under it any more.
    if (now.status !== 'GRANTED') throw new Refusal('PERMISSION_WITHDRAWN', { path: 'permit' })
    return { ...now, uses: now.uses + 1, usedAt }
  })
  return doc.fields ?? []
}
