import { z } from 'zod'
import { Refusal } from '@growr/contracts'
import { normalizePhone } from '../common/contact.ts'
import type { Provider } from './config.ts'

/** The longest text of a session that is read: more than any menu here leads to. */
export const longestText = 1000

/** One request of a gateway, whatever its convention. */
export interface Dialled {
  readonly session: string
  /** E.164. */
  readonly phone: string
  /** Everything that was entered in this session, joined by `*`; or the last entry alone, with its number in the session where the gateway counts. */
  readonly entered: { readonly whole: string } | { readonly last: string; readonly first: boolean; readonly number?: string }
}

/** A gateway's convention: what its request means. What goes back is plain text in all of them: `CON …` goes on, `END …` ends. */
export interface Gateway {
  /** BAD_INPUT with the field; CONTACT_INVALID where the number is none. */
  read(body: unknown, country: string | undefined): Dialled
}

const one = z.string().trim().min(1).max(128).regex(/^[\x21-\x7e]+$/)
const call = { sessionId: one, phoneNumber: z.string().trim().min(5).max(24), serviceCode: z.string().max(64).optional(), networkCode: z.string().max(64).optional() }
const text = z.string().max(longestText).default('')

/** Africa's Talking: form-encoded, and `text` holds all entries of the session so far. */
const wholeText = z.object({ ...call, text })
/** Form-encoded, and `text` holds the last entry alone; `sequence` counts the requests of a session from 1, where the gateway does. */
const lastStep = z.object({ ...call, text, sequence: z.string().regex(/^\d{1,6}$/).optional(), newSession: z.enum(['true', 'false', '1', '0']).optional() })

export const gateways: Readonly<Record<Provider, Gateway>> = {
  africastalking: {
    read: (body, country) => {
      const given = parse(wholeText, body)
      return { session: given.sessionId, phone: phoneOf(given.phoneNumber, country), entered: { whole: given.text } }
    },
  },
  laststep: {
    read: (body, country) => {
      const given = parse(lastStep, body)
      const first = given.newSession === 'true' || given.newSession === '1' || Number(given.sequence) === 1
      return {
        session: given.sessionId,
        phone: phoneOf(given.phoneNumber, country),
        entered: { last: given.text, first, ...(given.sequence === undefined ? {} : { number: given.sequence }) },
      }
    },
  },
}

function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const read = schema.safeParse(body)
  if (read.success) return read.data
  throw new Refusal('BAD_INPUT', { path: String(read.error.issues[0]?.path[0] ?? 'body') })
}

/** Gateways give the number with its country code, some without the plus, or with one that a form turned into a space. */
function phoneOf(given: string, country: string | undefined): string {
  const digits = given.trim()
  try {
    return normalizePhone(digits.startsWith('+') ? digits : `+${digits}`)
  } catch {
    return normalizePhone(digits, country)
  }
}
