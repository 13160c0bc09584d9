import type { loan as contract } from '@growr/contracts'

/** A phone's screen. */
export const SCREEN = 160

type Facts = Omit<contract.KeyFacts, 'language' | 'lines' | 'screens'>
export type Language = contract.KeyFacts['language']

/** The statement in a language: what it costs, when to pay what, what happens when late, and the borrower's rights; a line for each. */
export function linesOf(facts: Facts, schedule: string, name: string, language: Language): string[] {
  const money = (amount: string): string => `${amount} ${facts.currency}`
  return language === 'es' ? spanish(facts, schedule, name, money) : english(facts, schedule, name, money)
}

const positive = (amount: string): boolean => /[1-9]/.test(amount)
const given = (holds: boolean, ...lines: string[]): string[] => (holds ? lines : [])

function english(facts: Facts, schedule: string, name: string, money: (amount: string) => string): string[] {
  const basis: Readonly<Record<string, string>> = { FLAT: 'on the whole amount', AD_HOC: 'by days on what you owe', EQUAL_INSTALMENTS: 'on what you owe', EQUAL_PRINCIPAL: 'on what you owe' }
  return [
    `Key facts of your loan: ${name}`,
    `Amount: ${money(facts.amount)} for ${facts.months} months.`,
    `Withheld from it: fee ${money(facts.fee)}, risk deposit ${money(facts.deposit)}. You receive ${money(facts.payout)}.`,
    `Interest: ${money(facts.interest)}${facts.isEstimate ? ' (estimate)' : ''}, ${facts.interestRate} % a year ${basis[schedule]}.`,
    `Total cost (interest and fee): ${money(facts.cost)}.`,
    ...given(facts.apr !== null, `APR: ${facts.apr} % a year. It tells what loans cost, so you can compare them.`),
    `You pay ${money(facts.total)} in ${facts.instalments.length} instalments, counted from the payout:`,
    ...facts.instalments.map(({ number, dueDate, amount }) => `${number}. ${dueDate}: ${money(amount)}`),
    'If you pay late: we tell you the day after. No penalty is charged.',
    ...given(schedule === 'AD_HOC', 'Interest by days goes on until you have paid.'),
    `More than ${facts.defaultAfterDays} days late: the loan is in default, and your credit history says so. You may ask for another schedule.`,
    ...given(positive(facts.deposit), 'The risk deposit comes back when the project ends, as far as losses of others have not used it.'),
    ...given(positive(facts.cashBack), `If you pay every instalment in time you earn ${money(facts.cashBack)}, paid when the project ends, as far as its money suffices.`),
    'You may withdraw at no cost until the money is paid out.',
    ...given(facts.coolingOffDays > 0, `After signing you have ${facts.coolingOffDays} days to think: nothing is paid out unless you, and only you, waive them.`),
    'You may pay earlier than you must. You get a receipt for every payment.',
    'You may complain: you get a number and an answer. Nobody sees your credentials without your permission.',
  ]
}

function spanish(facts: Facts, schedule: string, name: string, money: (amount: string) => string): string[] {
  const basis: Readonly<Record<string, string>> = { FLAT: 'sobre todo el monto', AD_HOC: 'por días sobre lo que debe', EQUAL_INSTALMENTS: 'sobre lo que debe', EQUAL_PRINCIPAL: 'sobre lo que debe' }
  return [
    `Datos clave de su préstamo: ${name}`,
    `Monto: ${money(facts.amount)} por ${facts.months} meses.`,
    `Se retiene: comisión ${money(facts.fee)}, depósito de riesgo ${money(facts.deposit)}. Usted recibe ${money(facts.payout)}.`,
    `Interés: ${money(facts.interest)}${facts.isEstimate ? ' (estimado)' : ''}, ${facts.interestRate} % al año ${basis[schedule]}.`,
    `Costo total (interés y comisión): ${money(facts.cost)}.`,
    ...given(facts.apr !== null, `TAE: ${facts.apr} % al año. Dice cuánto cuestan los préstamos, para que los compare.`),
    `Usted paga ${money(facts.total)} en ${facts.instalments.length} cuotas, contadas desde el desembolso:`,
    ...facts.instalments.map(({ number, dueDate, amount }) => `${number}. ${dueDate}: ${money(amount)}`),
    'Si paga tarde: le avisamos al día siguiente. No se cobra multa.',
    ...given(schedule === 'AD_HOC', 'El interés por días sigue hasta que haya pagado.'),
    `Con más de ${facts.defaultAfterDays} días de atraso: el préstamo está en incumplimiento y su historial lo dice. Puede pedir otro calendario.`,
    ...given(positive(facts.deposit), 'El depósito de riesgo vuelve al terminar el proyecto, en lo que no lo hayan usado pérdidas de otros.'),
    ...given(positive(facts.cashBack), `Si paga cada cuota a tiempo gana ${money(facts.cashBack)}, que se pagan al terminar el proyecto si su dinero alcanza.`),
    'Puede retirarse sin costo hasta que se pague el dinero.',
    ...given(facts.coolingOffDays > 0, `Después de firmar tiene ${facts.coolingOffDays} días para pensar: nada se paga si usted, y solo usted, no renuncia a ellos.`),
    'Puede pagar antes de lo debido. Recibe un comprobante de cada pago.',
    'Puede reclamar: recibe un número y una respuesta. Nadie ve sus credenciales sin su permiso.',
  ]
}

/** Lines on as few screens as hold them; one that is longer than a screen goes on at a word's end. */
export function screensOf(lines: readonly string[], width = SCREEN): string[] {
  const screens: string[] = []
  let screen = ''
  const put = (part: string, between: string): void => {
    if (screen !== '' && screen.length + between.length + part.length > width) {
      screens.push(screen)
      screen = ''
    }
    screen += screen === '' ? part : between + part
  }
  for (const line of lines) {
    if (line.length <= width) put(line, '\n')
    else for (const [index, word] of line.split(' ').flatMap((each) => each.match(new RegExp(`.{1,${width}}`, 'gu')) ?? []).entries()) put(word, index === 0 ? '\n' : ' ')
  }
  return screen === '' ? screens : [...screens, screen]
}
