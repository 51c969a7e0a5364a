import type { AggregateMethods } from "../../mixins/aggregate.mixin.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import type { OutboxMethods } from "../../mixins/events/outbox.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import type { CredentialMembers } from "./credentials.mixin.ts";
import type { Account, Decision } from "./domain/account.ts";
import type { NewCredentials } from "./storage/account.repository.ts";

/** `this` inside a users handler. */
export type Users = StoaService &
	SqlMethods &
	OutboxMethods &
	AggregateMethods<Account, Decision, NewCredentials> &
	CredentialMembers;
