/** The words of the list of faxes that are coming in, in both languages. */

const WORDS = {
  title: ["Arriving now", "正在接收"],
  none: ["No fax is coming in.", "当前没有正在接收的传真。"],
  count: ["{count} faxes are coming in.", "正在接收 {count} 份传真。"],
  count_one: ["1 fax is coming in.", "正在接收 1 份传真。"],
  looking: ["Looking…", "正在查询…"],
  lost: ["The connection is lost; it is tried again.", "连接已断开，正在重试。"],
  from: ["From", "发件方"],
  to: ["To", "收件号码"],
  state: ["Page", "页"],
  rate: ["Speed", "速率"],
  since: ["Time", "时长"],
  withheld: ["Number withheld", "号码未显示"],
  AGREEING: ["The machines agree on how to talk", "正在协商"],
  PAGE: ["Page {page}", "第 {page} 页"],
  AFTER_PAGE: ["Page {page}", "第 {page} 页"],
  READING: ["{count} pages are here, and are being read", "{count} 页已收到，正在识别"],
  READING_one: ["1 page is here, and is being read", "1 页已收到，正在识别"],
  bits: ["{rate} bit/s", "{rate} bit/s"],
};

export function say(language, key, values = {}) {
  const counted = values.count === 1 && WORDS[`${key}_one`] ? `${key}_one` : key;
  return WORDS[counted][language === "zh" ? 1 : 0].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
