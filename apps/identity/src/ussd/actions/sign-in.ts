import { user, type Result } from '@growr/contracts'
import type { Act, Ask, Done } from '../ask.ts'

type Session = Result<typeof user.loginByPhone>

/** Whoever has proven herself is signed in on this phone, in her language; where she was cut off she is asked whether to go on. */
async function signedIn(ask: Ask, session: Session, welcome: Done['notice'] | undefined): Promise<Done> {
  const call = await ask.enter(session.accessToken)
  const { language, name } = await call(user.me, {})
  const dropped = await ask.dropped(session.user)
  return {
    language,
    signedIn: true,
    session: { token: session.accessToken, user: session.user },
    ...(dropped === undefined ? { notice: welcome ?? { text: 'hello', values: { name: name ?? '' } } } : { go: 'resume', values: { where: dropped.where } }),
  }
}

/** The PIN of a borrower, under the same lock as every sign-in by phone. */
export const signIn: Act = async (ask) => signedIn(ask, await ask.call(user.loginByPhone, { phone: ask.phone, pin: ask.secret('pin'), role: 'BORROWER' }), undefined)

export const switchLanguage: Act = (ask) => Promise.resolve({ language: ask.language === 'en' ? 'es' : 'en' })

export const checkPin: Act = (ask) => {
  ask.checkPin(ask.secret('newPin'))
  return Promise.resolve({})
}

export const sendRegisterCode: Act = async (ask) => {
  await ask.call(user.getOTP, { purpose: 'REGISTER', phone: ask.phone }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.codeSent' } }
}

const checkCode = (purpose: 'REGISTER' | 'RESET_PIN'): Act => async (ask) => {
  const { valid } = await ask.call(user.validateOTP, { purpose, phone: ask.phone, code: ask.secret('code') })
  return valid ? {} : { refusedAs: 'CODE_WRONG' }
}
export const checkRegisterCode = checkCode('REGISTER')
export const checkResetCode = checkCode('RESET_PIN')

export const register: Act = async (ask) => {
  const given = { phone: ask.phone, code: ask.secret('code'), pin: ask.secret('newPin'), language: ask.language }
  return signedIn(ask, await ask.call(user.registerBorrower, given, { requestId: ask.requestId() }), { text: 'notice.registered' })
}

export const sendResetCode: Act = async (ask) => {
  await ask.call(user.getOTP, { purpose: 'RESET_PIN', phone: ask.phone }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.resetSent' } }
}

export const resetPin: Act = async (ask) => {
  const proof = ask.secret('proof')
  const given = { phone: ask.phone, code: ask.secret('code'), pin: ask.secret('newPin') }
  await ask.call(user.resetPIN, { ...given, ...(ask.values['proof'] === 'vouch' ? { vouch: proof } : { answer: proof }) }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.pinSet' } }
}

/** From the new number, by the code that it got. */
export const changePhone: Act = async (ask) => {
  await ask.call(user.changePhone, { phone: ask.phone, code: ask.secret('code') }, { requestId: ask.requestId() })
  return { notice: { text: 'notice.moved' } }
}

/** Takes up a session that was cut off; what was being done in it is done under its own request id, so once. */
export const goOn: Act = async (ask) => {
  const dropped = await ask.takeUp()
  await ask.forget()
  if (dropped === undefined) return {}
  const state = { ...dropped.state, language: ask.language, signedIn: true }
  return dropped.deed === null ? { state } : { state, again: { deed: dropped.deed, base: dropped.base } }
}

export const startOver: Act = async (ask) => {
  await ask.forget()
  return {}
}
