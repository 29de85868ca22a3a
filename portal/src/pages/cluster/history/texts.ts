/** Texts of the history, which load with the page of a cluster instead of the first page. */
import type { Language } from '../../../settings/language.ts'

export interface HistoryTexts {
  readonly title: string
  readonly detail: string
  readonly generation: string
  readonly written: string
  readonly by: string
  readonly changes: string
  readonly added: (what: string) => string
  readonly removed: (what: string) => string
  readonly changed: (what: string, fields: string) => string
  readonly first: string
  /** For workloads that the user may not see. */
  readonly nothingSeen: string
  readonly unknown: string
  /** For an operation that has expired, or that the user may not read. */
  readonly unknownOutcome: string
  readonly showAll: string
}

const en: HistoryTexts = {
  title: 'History of the spec',
  detail: '"wid apply --generation 12 CLUSTER" returns to one of these generations.',
  generation: 'Generation',
  written: 'Written',
  by: 'By',
  changes: 'Changes',
  added: (what) => `added ${what}`,
  removed: (what) => `removed ${what}`,
  changed: (what, fields) => `changed ${what}: ${fields}`,
  first: 'the first spec',
  nothingSeen: 'nothing that you may see',
  unknown: 'unknown: the generation before is not kept',
  unknownOutcome: 'unknown',
  showAll: 'Show all that are kept',
}

const ja: HistoryTexts = {
  title: '仕様の履歴',
  detail: '「wid apply --generation 12 CLUSTER」で、これらの世代のいずれかに戻せます。',
  generation: '世代',
  written: '書き込み日時',
  by: '書き込んだユーザー',
  changes: '変更内容',
  added: (what) => `${what} を追加`,
  removed: (what) => `${what} を削除`,
  changed: (what, fields) => `${what} を変更: ${fields}`,
  first: '最初の仕様',
  nothingSeen: '表示できる変更はありません',
  unknown: '不明(前の世代は保存されていません)',
  unknownOutcome: '不明',
  showAll: '保存されているすべての世代を表示',
}

export const textsOf: Readonly<Record<Language, HistoryTexts>> = { en, ja }
