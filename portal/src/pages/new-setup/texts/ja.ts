import { reconcileTexts } from '../../../parts/reconcile-texts.ts'
import type { SetupTexts } from './en.ts'

export const ja: SetupTexts = {
  changeOf: (cluster) => `${cluster} のセットアップを変更`,
  steps: {
    kind: { title: 'クラスターの種類', detail: 'セットアップに必要な項目は、クラスターの種類によって決まります。' },
    cluster: { title: 'クラスター', detail: 'デプロイメントからクラスターへの接続方法を指定します。' },
    creation: {
      title: 'クラスターの作成',
      detail: 'セットアップが作成する内容です。サイズとアドレス範囲は提案値です。',
    },
    workloads: { title: 'ワークロード', detail: 'IAM ロールを付与する Kubernetes サービスアカウントを指定します。' },
    webhook: {
      title: 'Webhook',
      detail: 'Pod がロールを受け取る方法です。ほとんどのクラスターでは提案値のままで問題ありません。',
    },
    review: { title: 'プランと開始', detail: 'セットアップの実行内容です。まだ何も変更されていません。' },
  },
  kind: 'クラスターの種類',
  kinds: {
    'private-issuer': {
      label: '既存のクラスター(非公開の発行者)',
      detail:
        'kubeadm、k3s、RKE2 など、既定の発行者を使うクラスターです。デプロイメントがクラスターの公開鍵を自身の発行者で公開します。API サーバーは非公開のままです。',
    },
    'public-issuer': {
      label: '既存のクラスター(公開の発行者)',
      detail: 'AWS がインターネット経由でクラスターの発行者を読み取れるクラスターです。',
    },
    'gke-on-aws': {
      label: 'Anthos clusters on AWS(既存)',
      detail: '前世代のクラスターです。発行者は管理クラスターの AWSCluster から読み取ります。',
    },
    'new-gke-on-aws': {
      label: 'Anthos clusters on AWS(新規)',
      detail: '前世代のクラスターです。セットアップがディスカバリーバケットとクラスターを作成します。',
    },
  },
  fields: {
    'cluster.name': {
      label: 'クラスター名',
      hint: 'AWSCluster の名前です。それ以外のクラスターでは任意の名前を付けられます。',
      form: '英小文字、数字、ハイフンを使い、1~63 文字で入力してください(例: prod-eu)。',
    },
    'cluster.connection': { label: '接続' },
    'cluster.credentialsSecretArn': {
      label: 'クラスターの認証情報のシークレット',
      hint: 'AWS Secrets Manager の PREFIX/CLUSTER/NAME という名前のシークレットです。この項目は「wid connect CLUSTER」が作成するシークレットの名前を提案します。',
      form: 'ARN を入力してください(例: arn:aws:secretsmanager:eu-west-1:111122223333:secret:workload-identity/prod-eu/user-cluster)。',
    },
    'cluster.management.credentialsSecretArn': {
      label: '管理クラスターの認証情報のシークレット',
      form: 'ARN を入力してください(例: arn:aws:secretsmanager:eu-west-1:111122223333:secret:workload-identity/prod-eu/management)。',
    },
    'cluster.management.namespace': {
      label: 'AWSCluster の名前空間',
      form: '名前空間の名前を入力してください(例: default)。',
    },
    'cluster.management.proxyUrl': {
      label: '管理クラスターへのプロキシ',
      form: 'HTTP CONNECT プロキシを http://HOST:PORT の形式で入力してください(例: http://bastion.example.com:8118)。',
    },
    'cluster.proxyUrl': {
      label: 'クラスターへのプロキシ',
      form: 'HTTP CONNECT プロキシを http://HOST:PORT の形式で入力してください(例: http://bastion.example.com:8118)。',
    },
    'cluster.issuerUrl': {
      label: '発行者',
      hint: '省略すると、クラスターのトークンから読み取ります。',
      form: 'URL を入力してください(例: https://oidc.example.com/prod-eu)。',
    },
    'cluster.awsAccountId': {
      label: 'ロールを作成する AWS アカウント',
      hint: '省略すると、デプロイメントのアカウントになります。',
      form: '12 桁の数字を入力してください。',
    },
    'cluster.readyTimeoutMinutes': { label: 'クラスターの準備を待つ時間(分)' },
    reconcile: { label: reconcileTexts.ja.title },
    'discovery.acceptRefusedTokens': {
      label: '実行中の Pod のトークンを API サーバーが拒否することを許容する',
      hint: 'API サーバーが 2 つの発行者を受け付けられない場合に必要です(docs/issuer.md のディストリビューションの表を参照)。API サーバーは、kubelet が 50 分以内に更新するまで、これらのトークンを拒否します。トークンを一度しか読まないプログラムは再起動してください。選択しない場合、セットアップは ConsentMissing で失敗します。',
    },
    'cluster.spec.region': { label: 'AWS リージョン', form: 'リージョン名を入力してください(例: eu-west-1)。' },
    'cluster.spec.networking.vpcID': {
      label: 'VPC',
      form: 'VPC の ID を入力してください(例: vpc-0a1b2c3d4e5f60718)。',
    },
    'cluster.spec.networking.podAddressCIDRBlocks': {
      label: 'Pod のアドレス範囲',
      form: 'IPv4 の範囲を 1 つ入力してください(例: 10.2.0.0/16)。',
    },
    'cluster.spec.networking.serviceAddressCIDRBlocks': {
      label: 'Service のアドレス範囲',
      form: 'IPv4 の範囲を 1 つ入力してください(例: 10.1.0.0/16)。',
    },
    'cluster.spec.controlPlane.version': {
      label: 'バージョン',
      form: 'Anthos clusters on AWS のバージョンを入力してください(例: 1.33.2-gke.100)。',
    },
    'cluster.spec.controlPlane.instanceType': {
      label: 'インスタンスタイプ',
      form: 'インスタンスタイプを入力してください(例: m5.large)。',
    },
    'cluster.spec.controlPlane.subnetIDs': {
      label: 'サブネット',
      hint: 'ゾーンごとに 1 つ指定します。',
      form: 'サブネットの ID を入力してください(例: subnet-0aa11bb22cc33dd44)。',
    },
    'cluster.spec.controlPlane.iamInstanceProfile': {
      label: 'インスタンスプロファイル',
      form: 'ARN ではなくインスタンスプロファイルの名前を入力してください(例: prod-eu-control-plane)。',
    },
    'cluster.spec.controlPlane.databaseEncryption.kmsKeyARN': {
      label: 'クラスターのシークレットを暗号化する KMS キー',
      form: 'クラスターと同じリージョンのキーの ARN を arn:aws:kms:REGION:ACCOUNT:key/ID の形式で入力してください。',
    },
    'cluster.spec.controlPlane.keyName': { label: 'EC2 キーペア', form: 'キーペアの名前を入力してください。' },
    'cluster.nodePools.name': {
      label: '名前',
      form: '英小文字、数字、ハイフンで入力してください(例: pool-0)。',
    },
    'cluster.nodePools.spec.subnetID': {
      label: 'サブネット',
      form: 'サブネットの ID を入力してください(例: subnet-0aa11bb22cc33dd44)。',
    },
    'cluster.nodePools.spec.minNodeCount': { label: '最小ノード数' },
    'cluster.nodePools.spec.maxNodeCount': { label: '最大ノード数' },
    'cluster.nodePools.spec.instanceType': {
      label: 'インスタンスタイプ',
      form: 'インスタンスタイプを入力してください(例: m5.large)。',
    },
    'cluster.nodePools.spec.iamInstanceProfile': {
      label: 'インスタンスプロファイル',
      form: 'ARN ではなくインスタンスプロファイルの名前を入力してください(例: prod-eu-nodes)。',
    },
    'cluster.nodePools.spec.keyName': { label: 'EC2 キーペア', form: 'キーペアの名前を入力してください。' },
    'discovery.bucket': {
      label: 'Cloud Storage バケット',
      hint: 'クラスターがディスカバリードキュメントを公開するバケットです。存在しない場合は作成されます。',
      form: '英小文字、数字、ハイフン、ドットを使い、3~63 文字で入力してください(例: prod-eu-oidc)。',
    },
    'discovery.projectId': {
      label: 'Google Cloud プロジェクト',
      form: 'プロジェクト ID を入力してください(例: platform-prod)。',
    },
    'discovery.location': {
      label: 'ロケーション',
      form: 'Cloud Storage のロケーションを入力してください(例: EU)。',
    },
    'discovery.managementServiceAccount': {
      label: '管理サービスの Google アカウント',
      hint: 'ドキュメントを書き込むアカウントです。',
      form: 'メールアドレスを入力してください(例: management-sa@platform-prod.iam.gserviceaccount.com)。',
    },
    'workloads.namespace': { label: '名前空間', form: '名前空間の名前を入力してください(例: default)。' },
    'workloads.serviceAccount': {
      label: 'サービスアカウント',
      form: 'Kubernetes サービスアカウントの名前を入力してください(例: s3-reader)。',
    },
    'workloads.role.policyArns': {
      label: '管理ポリシー',
      hint: 'デプロイメントで許可されているポリシーを指定します。ロール専用のポリシーがない場合は必須です。',
      form: 'ARN または名前を 10 個まで入力してください(例: arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess、AmazonS3ReadOnlyAccess)。',
    },
    'workloads.role.inlinePolicy': {
      label: 'このロール専用のポリシー',
      form: 'ポリシードキュメントを JSON で入力してください: {"Version": "2012-10-17", "Statement": [...]}。',
    },
    'workloads.role.name': {
      label: 'ロール名',
      hint: '省略すると、クラスター、名前空間、サービスアカウントから作成されます。',
      form: '英数字と _+=,.@- を使い、64 文字以内で入力してください。',
    },
    'workloads.role.maxSessionSeconds': { label: 'セッションの最大時間(秒)' },
    'webhook.mode': { label: 'Webhook' },
    'webhook.failurePolicy': { label: 'Webhook 停止中の新しい Pod' },
    'webhook.certificate': { label: 'Webhook の証明書' },
    'webhook.image': {
      label: 'イメージ',
      hint: '省略すると、記録済みのイメージ、またはクラスターに適したイメージになります。',
      form: 'タグまたはダイジェスト付きのイメージを入力してください(例: registry.example.com/pod-identity-webhook:v0.6.17)。',
    },
    'webhook.namespace': {
      label: 'Webhook の名前空間',
      form: '名前空間の名前を入力してください(例: workload-identity-webhook)。',
    },
    adopt: {
      label: '手動で作成されたオブジェクトを引き継ぐ',
      hint: '選択しない場合、他者が作成した同じ名前のオブジェクトがあるとセットアップは失敗します。',
    },
  },
  options: {
    reconcile: reconcileTexts.ja.modes,
    'cluster.connection': {
      direct: { label: '直接', detail: '関数がシークレットの認証情報で API サーバーを呼び出します。' },
      agent: {
        label: 'エージェント',
        detail:
          'AWS から到達できないクラスター向けです。クラスター内のエージェントが関数のリクエストを中継します。セットアップはエージェントを待ち、登録するコマンドを表示します。',
      },
    },
    'webhook.mode': {
      install: {
        label: 'インストールする',
        detail: 'セットアップが Pod Identity Webhook をクラスターにインストールします。',
      },
      managed: { label: 'クラスターの Webhook を使う', detail: 'セットアップは既存の Webhook を変更しません。' },
      none: { label: '使わない', detail: 'Pod が自分でトークンをマウントします。' },
    },
    'webhook.failurePolicy': {
      Ignore: { label: '認証情報なしで起動する', detail: 'Ignore' },
      Fail: { label: '拒否する', detail: 'Fail' },
    },
    'webhook.certificate': {
      auto: { label: 'バージョンに合わせる', detail: 'Kubernetes 1.21 までは csr、1.22 以降は own-ca' },
      'own-ca': { label: '製品が作成する認証局が署名', detail: 'own-ca' },
      csr: { label: 'クラスターが署名', detail: 'csr' },
    },
  },
  optional: '任意',
  sentences: (sentences) => sentences.join(''),
  oneALine: '1 行に 1 つ入力します。',
  network: 'ネットワーク',
  controlPlane: 'コントロールプレーン',
  nodePool: (number) => `ノードプール ${number}`,
  addNodePool: 'ノードプールを追加',
  bucket: 'ディスカバリーバケット',
  workload: (number) => `ワークロード ${number}`,
  addWorkload: 'ワークロードを追加',
  remove: '削除',
  removeWhat: (what) => `${what} を削除`,
  workloadsStay:
    'フォームからワークロードを外しても、ロールは削除されません。ロールを削除するには、「マイワークロード」でワークロードを削除してください。',
  noFurtherWebhook: 'これ以上の項目はありません。セットアップは Webhook をインストールしません。',
  fault: {
    missing: '必須項目です。',
    noPolicy: 'ロールにポリシーがありません。ポリシーの ARN、またはこのロール専用のポリシーを入力してください。',
    form: '形式が正しくありません。',
    number: '指定できない数値です。',
    json: 'JSON オブジェクトではありません。',
    choice: 'ここでは選択できない値です。',
    length: '項目の数が多すぎるか、少なすぎます。',
    unknown: '存在しないフィールドです。削除してください。',
  },
  wholeNumber: (from, to) => `${from}~${to} の整数を入力してください。`,
  otherFaults: 'このフォームにない項目を修正してください',
  wholeRequest: 'リクエスト',
  correctInYaml: 'YAML で修正',
  editYaml: 'YAML で編集',
  yaml: 'YAML または JSON のリクエスト',
  yamlDetail: 'リクエストを貼り付けるか、ファイルを開いてください。フォームに反映されるだけで、送信はされません。',
  openFile: 'ファイルを開く',
  fill: 'フォームに反映',
  notYaml: (line, column, message) => `${line} 行 ${column} 列が YAML として正しくありません: ${message}`,
  badAliases: 'エイリアスの参照先がないか、自分自身を指しているか、大きすぎます。参照先の内容を直接書いてください。',
  notRead: (file) => `${file} を読み取れません。別のファイルを選ぶか、リクエストを貼り付けてください。`,
  severalRequests: (count) => `リクエストが ${count} 件あります。1 件だけ残してください。`,
  noRequest: 'リクエストがありません。リクエストは「cluster:」で始まります。',
  planAgain: 'もう一度プランを作成',
  planning: 'プランを作成しています。何も変更されません。',
  showPlan: 'このプランのオペレーションを表示',
  start: '開始',
  notYours: 'このセットアップを開始する権限がありません',
  passOn: '下のリクエストを渡して依頼してください。',
  request: 'リクエスト',
  download: (file) => `${file} をダウンロード`,
  asYaml: 'YAML',
  asCommand: 'コマンドライン',
  asCurl: 'curl',
  rights: 'クラスター上の権限',
  rightsDetail:
    'デプロイメントに必要な Kubernetes の権限です。「wid rights -f FILE --apply」で、クラスター内のサービスアカウントに付与できます。直接接続の場合は、「wid connect CLUSTER -f FILE」で、このアカウントのトークンの保存もできます。',
  leaveTitle: 'セットアップを開始せずに移動しますか?',
  leaveDetail: '入力した内容は失われます。',
  leave: '移動する',
  stay: 'このページに残る',
}
