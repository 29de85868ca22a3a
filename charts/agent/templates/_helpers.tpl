{{- define "agent.metadata" -}}
name: workload-identity-agent
namespace: {{ .Release.Namespace }}
labels:
  {{- include "agent.selector" . | nindent 2 }}
  app.kubernetes.io/instance: {{ .Release.Name | quote }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
  helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "agent.selector" -}}
app.kubernetes.io/name: workload-identity-agent
{{- end }}
