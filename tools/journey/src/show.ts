import type { Step } from './document.ts'

/** Where a journey's progress goes: a person's terminal, or one JSON object a line for a program. */
export interface Show {
  journey(name: string): void
  say(text: string): void
  note(text: string): void
  step(step: Step, on: string, who: string, ok: boolean, outcome: string): void
  findings(title: string, findings: readonly string[]): void
  end(ok: boolean, milliseconds: number): void
  /** The file is no journey. */
  invalid(file: string, findings: readonly string[]): void
}

export function terminal(write: (line: string) => void): Show {
  let day = ''
  return {
    journey: (name) => write(`\n${name}\n${'─'.repeat(name.length)}`),
    say: (text) => write(`            ${text}`),
    note: (text) => write(`\n            ${text}`),
    step(step, on, who, ok, outcome) {
      const date = on === day ? '          ' : on
      day = on
      const what = step.do ?? step.query ?? 'balances'
      write(`${date}  ${ok ? '✓' : '✗'} ${who.padEnd(10)} ${what.padEnd(22)} ${outcome}${ok ? '' : `   (line ${step.line})`}`)
    },
    findings(title, findings) {
      write(`            ${findings.length === 0 ? '✓' : '✗'} ${title}`)
      for (const finding of findings) write(`                ${finding}`)
    },
    invalid(file, findings) {
      write(`\nJOURNEY_INVALID: ${file} is not a journey`)
      for (const finding of findings) write(`  ${finding}`)
    },
    end: (ok, milliseconds) => write(`\n            ${ok ? 'The journey holds' : 'The journey FAILED'} (${(milliseconds / 1000).toFixed(1)} s)`),
  }
}

export function json(write: (line: string) => void): Show {
  const out = (event: string, fields: object): void => write(JSON.stringify({ event, ...fields }))
  return {
    journey: (name) => out('journey', { name }),
    say: (text) => out('say', { text }),
    note: (text) => out('note', { text }),
    step: (step, on, who, ok, outcome) => out('step', { line: step.line, on, who, operation: step.do ?? step.query ?? 'balances', ok, outcome }),
    findings: (title, findings) => out('audit', { title, ok: findings.length === 0, findings }),
    invalid: (file, findings) => out('invalid', { code: 'JOURNEY_INVALID', file, findings }),
    end: (ok, milliseconds) => out('end', { ok, milliseconds }),
  }
}

/** For tests, which look at the report. */
export const silent: Show = { journey: () => undefined, say: () => undefined, note: () => undefined, step: () => undefined, findings: () => undefined, end: () => undefined, invalid: () => undefined }

/** A request in a few words: what a person needs to follow it; of a phone what was chosen, and not the PIN that was entered. */
export function summary(fields: Readonly<Record<string, unknown>>): string {
  const { options } = fields
  if (Array.isArray(options)) return options.join(' > ').slice(0, 90)
  const words = Object.entries(fields).flatMap(([key, value]) => (['string', 'number', 'boolean'].includes(typeof value) ? [`${key} ${(value as string | number | boolean).toString().split('\n', 1)[0]!.slice(0, 24)}`] : []))
  return words.slice(0, 4).join(', ').slice(0, 90)
}
