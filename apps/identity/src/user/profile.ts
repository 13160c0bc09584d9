import { callingUser, type ActionContext } from '@growr/bus'
import { Refusal, user as contract, type Params, type Result } from '@growr/contracts'
import type { Kit } from '../kit.ts'
import { seal } from '../identity/seal.ts'
import { openSealed, walletOf } from '../identity/record.ts'
import { proveByPin } from './login.ts'
import { answerOf, plainNumber } from './recovery.ts'

type Changes = Omit<Params<typeof contract.updateProfile>, 'pin' | 'clear'>
type View = Result<typeof contract.profile>

const contextOf = (user: string): string => `profile/${user}`

/** What the borrower said of herself, opened with her own key. Only for her session, or for what she permitted to pass on. */
export async function readProfile(kit: Kit, user: string): Promise<View> {
  const found = await kit.profiles.get(user)
  if (found === null) return { profile: {}, updatedAt: null }
  const [text] = openSealed(kit, user, [{ sealed: found.doc.sealed, context: contextOf(user) }])
  return { profile: contract.Profile.parse(JSON.parse(text ?? '{}')), updatedAt: found.doc.updatedAt }
}

/**
 * Changes parts of it. The number of the identity document answers for her where she forgot her PIN, so that the
 * first one and any other need the PIN: a phone that was left open must not lead to more. BAD_INPUT at `pin`, CREDENTIALS_WRONG, LOCKED.
 */
export async function updateProfile(kit: Kit, params: Params<typeof contract.updateProfile>, context: ActionContext): Promise<View> {
  const user = callingUser(context).userId
  const { pin, clear = [], ...given } = params
  const changes: Changes = { ...given, ...Object.fromEntries(clear.map((name) => [name, null])) }
  const request = kit.requestRef(contract.updateProfile, params, context)
  const wallet = await walletOf(kit, { user })
  const found = await kit.users.get(user)
  if (found === null || found.doc.erasedAt !== undefined) throw new Refusal('PERSON_ERASED')
  return kit.turns.run(`profile:${user}`, async () => {
    const known = await kit.profiles.get(user)
    if (known !== null && request !== undefined && (await kit.profiles.update(user, () => null, { request })).repeated) return readProfile(kit, user)
    const { profile } = await readProfile(kit, user)
    const { documentNumber } = changes
    const differs = documentNumber !== undefined && plainNumber(documentNumber ?? '') !== plainNumber(profile.documentNumber ?? '')
    if (differs) {
      if (pin === undefined) throw new Refusal('BAD_INPUT', { path: 'pin' })
      await proveByPin(kit, found.doc, pin)
    }
    const changed = Object.entries(changes).filter(([, value]) => value !== undefined)
    const next = contract.Profile.parse(Object.fromEntries(Object.entries({ ...profile, ...Object.fromEntries(changed) }).filter(([, value]) => value !== null)))
    const doc = { id: user, sealed: seal(wallet.sealKey, JSON.stringify(next), contextOf(user)), updatedAt: kit.clock.now().toISOString() }
    const options = request && { request }
    if (known === null) await kit.profiles.insert(doc, options)
    else await kit.profiles.update(user, () => doc, options)
    if (differs) {
      await kit.users.update(user, ({ answer: _before, ...rest }) => ({ ...rest, ...(next.documentNumber === undefined ? {} : { answer: answerOf(kit, user, next.documentNumber) }) }))
    }
    return { profile: next, updatedAt: doc.updatedAt }
  })
}
