/**
 * The settlement audit asks for all payments of an order, late ones too. Daily comparisons are told from those on
 * request, so that the next one goes on where the last one ended.
 */
export default `
	create index payments_of_order on payments (order_id);
	alter table reconciliations add column is_daily boolean not null default false;
`;
