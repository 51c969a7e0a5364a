import type { Reconcile } from "../../contracts/reconciliation.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import type { Payments } from "../payments.context.ts";
import { windowOf } from "../reconciliation/daily.ts";
import { reconcile } from "../reconciliation/reconcile.ts";

export function reconcileNow(this: Payments, { params }: Ctx<typeof Reconcile>) {
	return reconcile(this, { ...windowOf(this, params), isDaily: false });
}
