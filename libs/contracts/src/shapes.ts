import { z } from 'zod'

// The forms that many actions share. Every text is bounded: a door refuses what no person would send.

export const id = z.string().min(1).max(64).regex(/^[A-Za-z0-9._:-]+$/, 'an identifier has letters, digits and . _ : - only')
export const text = (max: number): z.ZodString => z.string().trim().min(1).max(max)
export const did = z.string().min(7).max(2048).regex(/^did:[a-z0-9]+:[A-Za-z0-9._:%-]+$/, 'not a DID')
/** A decimal string by the currency's exponent, as on screens: "20000.00". */
export const amount = z.string().max(60).regex(/^\d{1,40}(\.\d{1,18})?$/, 'an amount is digits with a decimal point, such as "20000.00"')
/** Percent as a decimal string: "18.00" is 18 %. */
export const percent = z.string().regex(/^\d{1,4}(\.\d{1,6})?$/, 'a rate is percent as a decimal string, such as "18.00"')
export const factor = z.string().regex(/^\d{1,4}(\.\d{1,6})?$/, 'a factor is a decimal string, such as "4"')
export const currency = z.string().regex(/^[A-Z][A-Z0-9]{2,9}$/, 'a currency is its code, such as HNL')
export const date = z.iso.date()
export const instant = z.iso.datetime()
/** Also an address without a dot in its domain: the first operator of a node on a laptop is operator@localhost. */
export const email = z.email({ pattern: z.regexes.html5Email }).max(254).transform((s) => s.toLowerCase())
/** E.164; a service brings national spellings to it before it looks anything up. */
export const phone = z.string().trim().min(6).max(24).regex(/^\+?[0-9 ()./-]+$/, 'a phone number with its country code, such as +50499000000')
export const code = z.string().regex(/^\d{4,10}$/, 'a code is the digits of the message')
export const pin = z.string().regex(/^\d{4,6}$/, 'a PIN has 4 to 6 digits')
export const password = z.string().min(1).max(256)
export const url = z.url({ protocol: /^https?$/ }).max(2048)
export const timezone = z.string().max(64).refine(isTimezone, 'not a time zone of the IANA database, such as America/Tegucigalpa')
export const language = z.enum(['en', 'es'])
export const rail = z.enum(['BANK', 'CASH', 'MOBILE', 'BITCOIN', 'LIGHTNING', 'ROOTSTOCK'])
export const reference = text(140)

function isTimezone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** Paging by connections: `first` items after the cursor of an earlier page. */
export const page = { first: z.number().int().min(1).max(200).default(50), after: z.string().max(200).optional() }

export function connection<T extends z.ZodType>(node: T) {
  return z.object({
    edges: z.array(z.object({ cursor: z.string(), node })),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    totalCount: z.number().int(),
  })
}

/** A document signed for somebody to keep: compact JWS, with the DID that signed it. */
export const signed = z.object({ type: z.string(), signer: did, jws: z.string() })

export const done = z.object({ ok: z.literal(true) })
