# One setup request for each cluster of Terraform, sent by the command wid. It needs no provider: wid signs with the AWS
# credentials that Terraform has.
terraform {
  required_version = ">= 1.4"
}

variable "api" {
  description = "URL of the API, the output ApiUrl of the stack"
  type        = string
}

variable "cluster" {
  description = "Name of the cluster; a part of names in AWS"
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.cluster))
    error_message = "A name of a cluster has up to 63 lower-case letters, digits and hyphens."
  }
}

variable "credentials_secret_arn" {
  description = "ARN of the secret with the credentials of the cluster; wid connect makes it"
  type        = string
}

variable "workloads" {
  description = "Policies of each workload, by NAMESPACE/SERVICE_ACCOUNT"
  type        = map(list(string))
}

locals {
  request = {
    cluster = {
      name                 = var.cluster
      provider             = "existing"
      credentialsSecretArn = var.credentials_secret_arn
    }
    # Leave it out for a cluster whose issuer AWS can read.
    discovery = { hosting = "deployment" }
    workloads = [
      for name, policies in var.workloads : {
        namespace      = split("/", name)[0]
        serviceAccount = split("/", name)[1]
        role           = { policyArns = policies }
      }
    ]
  }
}

# A change of the request sends it again: that adds and changes, and removes nothing.
resource "terraform_data" "setup" {
  triggers_replace = local.request

  provisioner "local-exec" {
    command = "printf '%s' \"$REQUEST\" | wid apply --yes -f -"
    environment = {
      WID_API = var.api
      REQUEST = yamlencode(local.request)
    }
  }
}

# Taking the cluster out of Terraform tears nothing down: run wid teardown, which asks for its name.
