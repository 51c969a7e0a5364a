import type { Context } from "moleculer";
import type { Ctx } from "../../../mixins/define-service.ts";
import { once } from "../../../mixins/operations.ts";
import type { Meta } from "../../contracts/meta.ts";
import type { Channel, Send, SendEmail, SendSms } from "../../contracts/notifications.ts";
import { recipientHash } from "../delivery/recipient-hash.ts";
import type { Notifications } from "../notifications.context.ts";
import { enqueue } from "../storage/queue.ts";
import type { Variables } from "../templates/template.ts";
import { expectSendable } from "./sendable.ts";

const ACCEPTED = 202;

export function send(this: Notifications, ctx: Ctx<typeof Send>) {
	const { userId, channel, template, variables } = ctx.params;
	return queue(this, ctx, { userId, recipient: null, channel, template, variables });
}

export function sendEmail(this: Notifications, ctx: Ctx<typeof SendEmail>) {
	const { userId = null, to = null, template, variables } = ctx.params;
	return queue(this, ctx, { userId, recipient: to, channel: "email", template, variables });
}

export function sendSms(this: Notifications, ctx: Ctx<typeof SendSms>) {
	const { userId = null, phone = null, template, variables } = ctx.params;
	return queue(this, ctx, { userId, recipient: phone, channel: "sms", template, variables });
}

interface Wanted {
	readonly userId: string | null;
	readonly recipient: string | null;
	readonly channel: Channel;
	readonly template: string;
	readonly variables: Variables;
}

/** Checked before it is accepted; each request is a notification of its own, unless it has an Idempotency-Key. */
async function queue(service: Notifications, ctx: Context<unknown, Meta>, wanted: Wanted) {
	await expectSendable(service, wanted.template, wanted.variables);
	return enqueueOnce(service, ctx, { ...wanted, isTest: false, locale: null });
}

export interface Asked extends Wanted {
	readonly isTest: boolean;
	readonly locale: string | null;
}

/** Queues one notification that somebody asked for. */
export async function enqueueOnce(service: Notifications, ctx: Context<unknown, Meta>, asked: Asked) {
	const { userId, recipient, channel, template } = asked;
	const id = service.newId();
	const accepted = await once(service.db, ctx, ACCEPTED, async (tx) => {
		const recipientKey = userId ?? recipientHash(channel, recipient ?? "");
		const cause = { correlationId: ctx.requestID, causationId: ctx.id };
		await enqueue(tx, [{ ...asked, ...cause, id, recipientKey, dedupeKey: `${template}:${id}`, isOptional: false }]);
		return { deliveries: [id] };
	});
	service.wakeLanes();
	return accepted;
}
