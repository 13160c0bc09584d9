import { identity, organization, Refusal, user, type Input } from '@growr/contracts'
import type { Act } from '../ask.ts'
import { daysOf, named } from '../words.ts'

export const requestCredential: Act = async (ask) => {
  const type = identity.credentialTypes.find((each) => each === ask.values['type'])
  if (type === undefined) throw new Refusal('NOT_FOUND', { path: 'type' })
  const got = await ask.call(identity.getVC, { type }, { requestId: ask.requestId() })
  return { values: { type: named(ask, 'type', got.type), until: (await daysOf(ask, got)).until } }
}

export const withdrawPermission: Act = async (ask) => {
  await ask.call(identity.withdrawPermission, { permission: ask.values['permission'] ?? '' }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.permissionWithdrawn' } }
}

/** One part of the profile, as it was entered. */
export const updateProfile: Act = async (ask) => {
  const { field = '', given = '', currency = '' } = ask.values
  const value = field === 'household' ? Number(given) : field === 'monthlyIncome' ? { amount: given, currency } : given
  await ask.call(user.updateProfile, { [field]: value } as Input<typeof user.updateProfile>, { requestId: ask.requestId() })
  return { notice: { text: 'notice.profile' } }
}

/** The number of the identity document helps to a new PIN: it takes the present one. */
export const updateDocument: Act = async (ask) => {
  await ask.call(user.updateProfile, { documentNumber: ask.secret('document'), pin: ask.secret('pin') }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.profile' } }
}

/** What the screen says that the scoring system would see. */
const shown = ['fullName', 'birthDate', 'occupation', 'household', 'monthlyIncome', 'monthlyExpenses'] as const satisfies readonly user.ProfileField[]

export const requestScore: Act = async (ask) => {
  const { score } = await ask.call(user.requestScore, { permit: [...shown] }, { requestId: ask.requestId() })
  return { values: score === null ? {} : { score: String(score) } }
}

export const complain: Act = async (ask) => {
  const { number } = await ask.call(organization.complain, { text: ask.values['words'] ?? '' }, { requestId: ask.requestId() })
  return { values: { number } }
}

export const closeComplaint: Act = async (ask) => {
  const settled = ask.values['settled'] === 'yes'
  await ask.call(organization.closeComplaint, { number: ask.values['complaint'] ?? '', settled }, { requestId: ask.requestId() })
  return { notice: { text: settled ? 'notice.settled' : 'notice.reopened' } }
}

export const setPin: Act = async (ask) => {
  await ask.call(user.setPIN, { present: ask.secret('present'), pin: ask.secret('newPin') }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.pinChanged' } }
}

export const setLanguage: Act = async (ask) => {
  const language = ask.values['language'] === 'es' ? 'es' : 'en'
  const { id } = await ask.call(user.me, {})
  await ask.call(user.updateUser, { id, language }, { requestId: ask.requestId() })
  return { language, notice: { text: 'notice.language' } }
}

/** From the old number: the new one gets a code. */
export const requestPhoneChange: Act = async (ask) => {
  const given = ask.values['phone'] ?? ''
  const phone = given.startsWith('+') ? given : `+${given}`
  await ask.call(user.requestPhoneChange, { phone, pin: ask.secret('pin') }, { requestId: ask.requestId() })
  return {}
}
