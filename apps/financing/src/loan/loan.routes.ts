import type { HttpResponse, HttpRoute } from '@growr/service'
import type { Financing } from '../financing.ts'
import { linkedFacts } from './loan.key-facts.ts'

const TOKEN = /^[A-Za-z0-9_:-]{1,64}\.[A-Za-z0-9_-]{22}$/

const escaped = (text: string): string => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)

const page = (status: number, language: string, lines: readonly string[]): HttpResponse => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex',
    'content-security-policy': 'default-src \'none\'; style-src \'unsafe-inline\'; frame-ancestors \'none\'',
  },
  body: `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(lines[0] ?? '')}</title>`
    + `<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}</style><h1>${escaped(lines[0] ?? '')}</h1>${lines.slice(1).map((line) => `<p>${escaped(line)}</p>`).join('')}</html>`,
})

/** The key facts statement behind the link of an SMS: plain, small, and printable; a browser's language says which words. */
export function loanRoutes(financing: () => Financing | undefined): readonly HttpRoute[] {
  return [{
    method: 'GET',
    path: '/key-facts/:token',
    handle: ({ params, query, headers }) => {
      const wish = query['lang'] ?? headers['accept-language'] ?? ''
      const language = /^\s*es\b/i.test(wish) ? 'es' : 'en'
      const token = params['token'] ?? ''
      const whole = financing()
      const facts = whole && TOKEN.test(token) ? linkedFacts(whole, token, language) : undefined
      return facts ? page(200, language, facts.lines) : page(404, language, [language === 'es' ? 'No hay nada aquí.' : 'There is nothing here.'])
    },
  }]
}
