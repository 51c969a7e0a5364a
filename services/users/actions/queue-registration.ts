import type { Ctx } from "../../../mixins/define-service.ts";
import { outboxRows } from "../../../mixins/events/outbox.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { UserRegistration } from "../../contracts/registrations.ts";
import type { QueueRegistration } from "../../contracts/registrations.ts";
import { queueRegistration as queue } from "../storage/registrations.ts";
import type { Users } from "../users.context.ts";

export async function queueRegistration(
	this: Users,
	ctx: Ctx<typeof QueueRegistration>,
): Promise<ResultOf<typeof QueueRegistration>> {
	const [registrationId, now] = [this.newId(), this.now()];
	const fact = UserRegistration.of({ registrationId, ...ctx.params, timestamp: now.toISOString() });
	const outbox = outboxRows([fact], ctx, () => this.newId());
	await queue(this.db, registrationId, outbox, now);
	this.wakeRelay();
	return { registrationId, status: "queued" };
}
