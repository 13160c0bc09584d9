import { expect, test } from 'vitest'
import { Refusal } from '@growr/contracts'
import type { Door, HttpRequest } from '@growr/service'
import { ussdConfig } from './config.ts'
import { gateways } from './gateways.ts'
import type { Menus } from './menus.ts'
import { ussdRoutes } from './ussd.http.ts'

const nobody = (): Promise<never> => Promise.reject(new Refusal('FORBIDDEN'))
const door: Door = { call: nobody, enter: nobody }

test('who may post to the callback: in production nobody but a gateway that is configured', async () => {
  const menus = { answer: () => Promise.resolve('CON x') } as unknown as Menus
  const body = { sessionId: 's-1', phoneNumber: '+50499990001', text: '' }
  const outcome = async (config: object, production: boolean, request: Partial<HttpRequest> = {}): Promise<unknown> => {
    const routes = ussdRoutes({ menus: () => menus, config: ussdConfig.parse(config), production, country: undefined })
    const route = routes.find(({ method, path }) => method === 'POST' && path.includes(':token') === (request.params?.['token'] !== undefined))!
    try {
      return (await route.handle({ params: { provider: 'africastalking', ...request.params }, query: {}, headers: request.headers ?? {}, body, ip: request.ip ?? '127.0.0.1', door })).status
    } catch (error) {
      return (error as Refusal).code
    }
  }
  const token = 'a-token-of-sixteen-signs'
  const given = (value: string) => ({ params: { provider: 'africastalking', token: value } })
  expect(await outcome({}, false)).toBe(200)
  expect(await outcome({}, false, { ip: '10.0.0.1' })).toBe('FORBIDDEN')
  expect(await outcome({}, false, { headers: { 'x-forwarded-for': '10.0.0.1' } })).toBe('FORBIDDEN')
  expect(await outcome({}, false, { headers: { 'sec-fetch-site': 'cross-site' } })).toBe('FORBIDDEN')
  expect(await outcome({}, true)).toBe('FORBIDDEN')
  expect(await outcome({ laststep: { token } }, true, given(token))).toBe('FORBIDDEN')
  expect(await outcome({ africastalking: { token } }, true)).toBe('FORBIDDEN')
  expect(await outcome({ africastalking: { token } }, true, given('a-token-of-sixteen-sign'))).toBe('FORBIDDEN')
  expect(await outcome({ africastalking: { token } }, true, { ...given(token), ip: '8.8.8.8' })).toBe(200)
  const both = { africastalking: { token, addresses: ['196.201.214.0/24', '2001:db8::/32'] } }
  expect(await outcome(both, true, { ...given(token), ip: '8.8.8.8' })).toBe('FORBIDDEN')
  expect(await outcome(both, true, { ...given(token), ip: '::ffff:196.201.214.7' })).toBe(200)
  expect(await outcome(both, true, { ...given(token), ip: '2001:db8::1' })).toBe(200)
  expect(await outcome({}, false, { params: { provider: 'nobody' } })).toBe('NOT_FOUND')
  expect(() => ussdConfig.parse({ africastalking: {} })).toThrow(/needs a token/)
  expect(() => ussdRoutes({ menus: () => menus, config: ussdConfig.parse({ africastalking: { addresses: ['999.1.1.1'] } }), production: true, country: undefined })).toThrow()
  const page = async (config: object, production: boolean): Promise<unknown> => {
    const [route] = ussdRoutes({ menus: () => menus, config: ussdConfig.parse(config), production, country: undefined })
    try {
      return (await route!.handle({ params: {}, query: {}, headers: {}, body: undefined, ip: '127.0.0.1' })).status
    } catch (error) {
      return (error as Refusal).code
    }
  }
  expect([await page({}, false), await page({}, true), await page({ phonePage: true }, true), await page({ phonePage: false }, false)]).toEqual([200, 'NOT_FOUND', 200, 'NOT_FOUND'])
})

test('gateways give a number in their own ways', () => {
  const number = (phoneNumber: string, country?: string): string => gateways.laststep.read({ sessionId: 'x', phoneNumber, text: '' }, country).phone
  expect([number('+50499000001'), number('50499000001'), number(' 50499000001'), number('99000001', 'HN')]).toEqual(Array(4).fill('+50499000001'))
  expect(() => number('12345')).toThrow()
  expect(() => gateways.africastalking.read({ sessionId: ['a', 'b'], phoneNumber: '+50499000001' }, undefined)).toThrow(Refusal)
  expect(() => gateways.africastalking.read(undefined, undefined)).toThrow(Refusal)
})
