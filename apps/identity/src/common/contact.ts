import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max'
import { Refusal } from '@growr/contracts'

/** How a person is reached, and by what they are known: exactly one of the two. */
export type Contact = { readonly email: string } | { readonly phone: string }

/** The address itself. */
export const addressOf = (contact: Contact): string => ('email' in contact ? contact.email : contact.phone)

/**
 * A phone number as E.164, whatever spelling it came in. A number without its country code is read as one of `country`
 * (ISO 3166-1 alpha-2), if that is given. CONTACT_INVALID where no country has such a number.
 */
export function normalizePhone(text: string, country?: string): string {
  const number = parsePhoneNumberFromString(text, country as CountryCode | undefined)
  if (!number?.isValid()) throw new Refusal('CONTACT_INVALID', { path: 'phone' })
  return number.number
}

/**
 * The one contact in the parameters. CONTACT_MISSING without any, BAD_INPUT with both: one address is proven by one code,
 * and an address that nobody proved must not lead to the same person as a proven one.
 */
export function oneContact(params: { readonly email?: string | undefined; readonly phone?: string | undefined }, country?: string): Contact {
  const { email, phone } = params
  if (email !== undefined && phone !== undefined) throw new Refusal('BAD_INPUT', { path: 'phone', details: { reason: 'give an e-mail or a phone number, not both' } })
  if (email !== undefined) return { email: email.toLowerCase() }
  if (phone !== undefined) return { phone: normalizePhone(phone, country) }
  throw new Refusal('CONTACT_MISSING')
}
