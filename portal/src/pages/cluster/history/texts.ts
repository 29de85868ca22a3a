/** Texts of the history, which load with the page of a cluster instead of the first page. */
import type { Language } from '../../../settings/language.ts'

const en = {
  title: 'History of the spec',
  detail: '"wid apply --generation 12 CLUSTER" returns to one of these generations.',
  generation: 'Generation',
  written: 'Written',
  by: 'By',
  changes: 'Changes',
  added: (what: string) => `added ${what}`,
  removed: (what: string) => `removed ${what}`,
  changed: (what: string, fields: string) => `changed ${what}: ${fields}`,
  first: 'the first spec',
  /** Shown when only workloads have changed that the user may not see. */
  nothingSeen: 'nothing that you may see',
  unknown: 'unknown: the previous generation is not kept',
  /** Shown when the operation has expired, or the user may not read it. */
  unknownOutcome: 'unknown',
  showAll: 'Show all kept generations',
}

export type HistoryTexts = typeof en

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
