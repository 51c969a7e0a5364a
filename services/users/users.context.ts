import type { AggregateMethods } from "../../mixins/aggregate.mixin.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import type { OutboxMethods } from "../../mixins/events/outbox.ts";
import type { SagaMethods } from "../../mixins/saga.mixin.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import type { config } from "./config.ts";
import type { CredentialMembers } from "./credentials.mixin.ts";
import type { Account, Decision } from "./domain/account.ts";
import type { AccountRider } from "./storage/rider.ts";

/** `this` inside a users handler. */
export type Users = StoaService &
	SqlMethods &
	OutboxMethods &
	SagaMethods &
	AggregateMethods<Account, Decision, AccountRider> &
	CredentialMembers & { readonly config: ReturnType<typeof config> };
