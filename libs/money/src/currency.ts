import { MoneyError } from './errors.ts'

/** A currency and how many digits its smallest unit stands behind the decimal point. */
export interface Currency {
  readonly code: string
  readonly exponent: number
}

// ISO 4217, active codes by their minor unit. Codes without a minor unit (XAU, XDR, XTS …) are no money to lend.
const EXPONENT_0 = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
const EXPONENT_2 = [
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP',
  'COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD',
  'KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK',
  'NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT',
  'TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
].join(' ')
const EXPONENT_3 = 'BHD IQD JOD KWD LYD OMR TND'
const EXPONENT_4 = 'CLF UYW'

/** Networks' own money: bitcoin is kept in millisatoshi (1 BTC = 10^11), Rootstock's in wei. */
const NETWORKS: readonly Currency[] = [
  { code: 'BTC', exponent: 11 },
  { code: 'RBTC', exponent: 18 },
]

const TABLE: ReadonlyMap<string, Currency> = new Map(
  [
    ...entries(EXPONENT_0, 0),
    ...entries(EXPONENT_2, 2),
    ...entries(EXPONENT_3, 3),
    ...entries(EXPONENT_4, 4),
    ...NETWORKS,
  ].map(currency => [currency.code, Object.freeze(currency)]),
)

function entries(codes: string, exponent: number): Currency[] {
  return codes.split(' ').map(code => ({ code, exponent }))
}

const CODE = /^[A-Za-z][A-Za-z0-9]{1,15}$/

/** The largest exponent a token may have; ERC-20's `decimals` go to 255, but none in use exceeds this. */
export const MAXIMUM_EXPONENT = 30

/** True if the text has the form of a currency's or token's code: a letter, then 1 to 15 letters or digits. */
export function isCurrencyCode(code: string): boolean {
  return CODE.test(code)
}

/** The codes of all known currencies, in no promised order. */
export function currencyCodes(): string[] {
  return [...TABLE.keys()]
}

/** The currency of an ISO 4217 code, BTC or RBTC. Throws CURRENCY_UNKNOWN; a token is made with `token`. */
export function currencyOf(code: string): Currency {
  const currency = TABLE.get(code)
  if (!currency) throw new MoneyError('CURRENCY_UNKNOWN', 'no currency has this code; a token needs its exponent')
  return currency
}

/**
 * A token, which no table knows: its code and exponent come from the project that uses it.
 * Throws CURRENCY_INVALID for a bad code or exponent, or where it would redefine a known currency.
 */
export function token(code: string, exponent: number): Currency {
  if (!isCurrencyCode(code)) throw new MoneyError('CURRENCY_INVALID', 'a code is a letter followed by 1 to 15 letters or digits')
  if (!Number.isInteger(exponent) || exponent < 0 || exponent > MAXIMUM_EXPONENT) {
    throw new MoneyError('CURRENCY_INVALID', `an exponent is an integer from 0 to ${MAXIMUM_EXPONENT}`)
  }
  const known = TABLE.get(code)
  if (known && known.exponent !== exponent) {
    throw new MoneyError('CURRENCY_INVALID', `${code} has exponent ${known.exponent}`)
  }
  return known ?? Object.freeze({ code, exponent })
}
