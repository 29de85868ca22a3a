/** Texts of a conflict between managers, which do not load with the first page. */
import type { Language } from '../../settings/language.ts'

const en = {
  title: 'Nothing was started: other managers declare these workloads',
  declared: (workload: string, manager: string) => `${workload} is declared by ${manager}, with another role`,
  takeOver: 'Take over…',
  /** The consequences. */
  detail: (managers: string) =>
    `The portal then declares every workload of this request, and each gets the role that you have sent. After that, ${managers} cannot give these workloads another role without taking them over again.`,
  keep: 'Leave it as it is',
  confirm: 'Take over',
}

const ja: typeof en = {
  title: '開始されませんでした: 別のマネージャーが宣言しています',
  declared: (workload, manager) => `${workload} は ${manager} が別のロールで宣言しています`,
  takeOver: '引き継ぐ…',
  detail: (managers) =>
    `以後、このリクエストのすべてのワークロードはポータルが宣言し、それぞれ送信したロールになります。${managers} から別のロールが送信されても拒否されます。`,
  keep: '変更しない',
  confirm: '引き継ぐ',
}

export const textsOf: Readonly<Record<Language, typeof en>> = { en, ja }
