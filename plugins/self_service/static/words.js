/** Every visible word of the page, in both languages. */

const WORDS = {
  title: ["Self-service flows", "自助服务流程"],
  none: ["There are no flows yet: put a script (*.yaml) into the folder of the plugin's settings.", "还没有流程：请将脚本（*.yaml）放入插件设置的文件夹。"],
  on: ["On", "已启用"],
  off: ["Off: contacts go to a person", "已停用：直接转人工"],
  switched: ["{by}, {at}", "{by}，{at}"],
  switch_off: ["Switch off", "停用"],
  switch_on: ["Switch on", "启用"],
  try: ["Rehearse", "演练"],
  medium: ["As", "方式"],
  LIVE_TEXT: ["Chat", "聊天"],
  VOICE: ["Telephone", "电话"],
  DEFERRED: ["Mail", "邮件"],
  language: ["In", "语言"],
  closed: ["Outside the opening hours", "非营业时间"],
  start: ["Start over", "重新开始"],
  silence: ["Say nothing", "不回答"],
  answer: ["Your answer as the customer", "以客户身份回答"],
  send: ["Send", "发送"],
  over: ["The rehearsal is over.", "演练结束。"],
  spoken: ["What is spoken", "语音内容"],
  script: ["Script", "脚本"],
  edited: ["Changes here are for the rehearsal alone; the file stays as it is.", "此处的修改仅用于演练，文件不会改变。"],
  place: ["{file}, line {line}, column {column}: ", "{file} 第 {line} 行第 {column} 列："],
  failed: ["That did not work. Please try again.", "操作失败，请重试。"],
};

export function say(language, key, values = {}) {
  const text = WORDS[key][language === "zh" ? 1 : 0];
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
