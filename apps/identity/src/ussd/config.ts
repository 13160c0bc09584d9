import { secret } from '@growr/runtime'
import { z } from 'zod'

/** An address or a network, such as 196.201.214.0/24. */
const network = z.string().max(64).regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, 'an IP address or a network such as 196.201.214.0/24')

/** What tells a gateway's callback from anybody else's: at least one of the two. */
const gate = z
  .strictObject({
    token: secret(16).optional().describe('The last part of the callback\'s address: POST /ussd/<provider>/<token>.'),
    addresses: z.array(network).max(50).optional().describe('The addresses from which the gateway calls.'),
  })
  .refine(({ token, addresses }) => token !== undefined || (addresses !== undefined && addresses.length > 0), 'needs a token, or the addresses of the gateway')

/** What an operator can set of the menus for feature phones. */
export const ussdConfig = z.strictObject({
  serviceCode: z.string().max(32).regex(/^[*#]\d{2,6}(\*\d{1,8})*#$/, 'a service code is such as *384*1#').optional().describe('What people dial; it stands in messages to them.'),
  language: z.enum(['en', 'es']).default('en').describe('The language until somebody has signed in.'),
  africastalking: gate.optional().describe('The callback of Africa\'s Talking, and of gateways that send the whole text.'),
  laststep: gate.optional().describe('The callback of gateways that send the last step only.'),
  answerMs: z.number().int().min(500).max(2800).default(2300).describe('After so many milliseconds the menu answers that the work goes on.'),
  resumeMinutes: z.number().int().min(1).max(240).default(30).describe('How long a dropped session may be taken up again.'),
  phonePage: z.boolean().optional().describe('Whether /ussd/phone, which plays a phone, is there for browsers on this machine; if not given: unless in production.'),
})
export type UssdConfig = z.output<typeof ussdConfig>

/** The gateways whose conventions are known. */
export const providers = ['africastalking', 'laststep'] as const
export type Provider = (typeof providers)[number]
