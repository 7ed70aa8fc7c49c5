/** Every visible word of the plugin's elements, in both languages. */

const WORDS = {
  parts: ["{parts} texts", "{parts} 条短信"],
  delivered: ["{delivered} of {of} delivered", "已送达 {delivered}/{of} 条"],
  failed_parts: ["{failed} of {of} failed", "{failed}/{of} 条未送达"],
  one_part: ["1 text", "1 条短信"],
  left: ["{left} characters left in it", "本条还可写 {left} 字"],
  GSM7: ["GSM-7", "GSM-7"],
  UCS2: ["Unicode", "Unicode"],
  OCTETS: ["8-bit", "8 位"],
  front: ["{signature} goes in front", "开头自动加 {signature}"],
  end: ["{signature} goes at the end", "结尾自动加 {signature}"],
  too_long: ["This takes {parts} texts, and {most} are the most. Please shorten it.", "内容需要 {parts} 条短信，最多 {most} 条，请缩短。"],
  pictures_too: ["Pictures can be attached (MMS)", "可添加图片（彩信）"],
  templates_only: ["Approved templates only: choose one with /", "仅限已报备的模板：输入 / 选择"],
  own_words: ["Only approved templates go from this number: choose one with /, and change nothing but what it left open.", "此号码只能发送已报备的模板：请输入 / 选择模板，仅修改其中的变量内容。"],
  mms: ["1 picture message (MMS)", "1 条彩信"],
  pictures: ["{count} of {most} pictures", "图片 {count}/{most} 张"],
  megabytes: ["{size} of {most} MB", "{size}/{most} MB"],
  characters: ["{left} characters left", "还可写 {left} 字"],
  no_pictures: ["This number sends text only. Please take the files off.", "此号码只能发送文字，请移除附件。"],
  not_pictures: ["Only pictures ({types}) can go with a text. Please take off: {names}", "短信只能附图片（{types}），请移除：{names}"],
  pictures_many: ["At most {most} pictures go with one message.", "每条彩信最多 {most} 张图片。"],
  pictures_large: ["The pictures together may have {most} MB.", "图片合计不得超过 {most} MB。"],
  pictures_text: ["Beside pictures there is room for {most} characters.", "附图片时文字最多 {most} 字。"],
  STOP: ["Asks for no more texts: none go to this number any more", "客户退订：不再向此号码发送短信"],
  START: ["Wants texts again: they may go to this number", "客户恢复：可以再向此号码发送短信"],
  stopped_problem: ["This number has asked for no more texts, so none can be sent.", "此号码已退订短信，无法发送。"],
  title: ["Text messages", "短信"],
  allowed: ["Allowed", "可以发送"],
  stopped: ["Stopped", "已退订"],
  by_words: ["They wrote “{words}” on {at}.", "客户于 {at} 发来“{words}”。"],
  by_agent: ["Noted by {by} on {at}: {note}", "{by} 于 {at} 记录：{note}"],
  by_import: ["From a list that {by} imported on {at}: {words}", "{by} 于 {at} 导入的名单：{words}"],
  by_carrier: ["The carrier told us on {at}: {words}", "运营商于 {at} 告知：{words}"],
  stop: ["Stop texts", "停发短信"],
  allow: ["Allow again", "恢复发送"],
  note: ["How do you know? (kept as evidence)", "依据（作为凭证保存）"],
  save: ["Save", "保存"],
  cancel: ["Cancel", "取消"],
  failed: ["That did not work. Please try again.", "操作失败，请重试。"],
};

export function say(language, key, values = {}) {
  const text = WORDS[key][language === "zh" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

const EVIDENCE = { AGENT: "by_agent", IMPORT: "by_import", CARRIER: "by_carrier" };

/** By what we know what a number wants: only what came from it is said to be its own words. */
export function evidence(language, source, values) {
  return say(language, EVIDENCE[source] ?? "by_words", values);
}
