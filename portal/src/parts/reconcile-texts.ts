/** Texts about scheduled drifts, for the form and a cluster's page. The first page does not load them. */
import type { SetupRequest } from '../../../client/api.ts'
import type { Language } from '../settings/language.ts'

export type Reconcile = NonNullable<SetupRequest['reconcile']>

interface ReconcileTexts {
  readonly title: string
  readonly modes: Readonly<Record<Reconcile, { readonly label: string; readonly detail: string }>>
}

export const reconcileTexts: Readonly<Record<Language, ReconcileTexts>> = {
  en: {
    title: 'Scheduled drift check',
    modes: {
      report: {
        label: 'Report',
        detail: 'It notifies subscribers of what differs from the spec, and changes nothing.',
      },
      repair: {
        label: 'Repair',
        detail: 'It notifies subscribers, and a setup then restores what is missing or changed. It removes nothing.',
      },
      suspended: {
        label: 'Suspended',
        detail: 'It skips this cluster: subscribers are not notified of differences.',
      },
    },
  },
  ja: {
    title: '定期ドリフト検出',
    modes: {
      report: { label: 'レポート', detail: '仕様との差異を購読者に通知します。変更は行いません。' },
      repair: {
        label: '修復',
        detail: '通知したうえで、欠けているものや変更されたものをセットアップで元に戻します。削除は行いません。',
      },
      suspended: {
        label: '停止',
        detail: 'このクラスターを対象外にします。変更があっても通知されません。',
      },
    },
  },
}
