-- More words in which characters are read otherwise than alone: where readings of titles differed from those of pypinyin, and words like them.
-- Characters are simplified one for one, so 著 is searched as 着.

INSERT INTO reading_phrases (phrase, reading)
VALUES
    ('了不得', 'liao bu de'), ('了结', 'liao jie'), ('了却', 'liao que'), ('了如指掌', 'liao ru zhi zhang'), ('了望', 'liao wang'),
    ('未了', 'wei liao'), ('不了了之', 'bu liao liao zhi'), ('似的', 'shi de'), ('重重', 'chong chong'), ('着力', 'zhuo li'),
    ('着重', 'zhuo zhong'), ('着落', 'zhuo luo'), ('着手', 'zhuo shou'), ('着想', 'zhuo xiang'), ('着眼', 'zhuo yan'),
    ('着实', 'zhuo shi'), ('着凉', 'zhao liang'), ('摸不着', 'mo bu zhao'), ('犯不着', 'fan bu zhao'), ('找不着', 'zhao bu zhao'),
    ('睡不着', 'shui bu zhao'), ('着作', 'zhu zuo'), ('着名', 'zhu ming'), ('论着', 'lun zhu'), ('名着', 'ming zhu'), ('显着', 'xian zhu'),
    ('原着', 'yuan zhu'), ('土着', 'tu zhu'), ('弹跳', 'tan tiao'), ('咏叹调', 'yong tan diao'), ('租庸调', 'zu yong diao'),
    ('薄弱', 'bo ruo'), ('单薄', 'dan bo'), ('轻薄', 'qing bo'), ('微薄', 'wei bo'), ('淡薄', 'dan bo'), ('厚薄', 'hou bo'),
    ('红颜薄命', 'hong yan bo ming'), ('薄命', 'bo ming'), ('配给', 'pei ji'), ('补给', 'bu ji'), ('给水', 'ji shui'), ('给养', 'ji yang'),
    ('自给', 'zi ji'), ('打工仔', 'da gong zai'), ('裁判长', 'cai pan zhang'), ('检察长', 'jian cha zhang'), ('爵士乐', 'jue shi yue'),
    ('交响乐', 'jiao xiang yue'), ('打击乐', 'da ji yue'), ('摇滚乐', 'yao gun yue'), ('统率', 'tong shuai'), ('直率', 'zhi shuai'),
    ('坦率', 'tan shuai'), ('草率', 'cao shuai'), ('轻率', 'qing shuai'), ('率先', 'shuai xian'), ('太行', 'tai hang'),
    ('苍劲', 'cang jing'), ('劲松', 'jing song'), ('强劲', 'qiang jing'), ('雄劲', 'xiong jing'), ('劲直', 'jing zhi'),
    ('劲敌', 'jing di'), ('劲旅', 'jing lv'), ('疾风劲草', 'ji feng jing cao'), ('刚劲', 'gang jing'), ('填塞', 'tian se'),
    ('堵塞', 'du se'), ('阻塞', 'zu se'), ('闭塞', 'bi se'), ('梗塞', 'geng se'), ('塞责', 'se ze'), ('锁钥', 'suo yue'),
    ('亲家', 'qing jia'), ('刀削', 'dao xiao'), ('削面', 'xiao mian'), ('十里堡', 'shi li pu'), ('稽首', 'qi shou'), ('罗勒', 'luo le'),
    ('扛鼎', 'gang ding'), ('露馅', 'lou xian'), ('露马脚', 'lou ma jiao'), ('嚼舌', 'jiao she'), ('脖颈', 'bo geng'),
    ('锚泊', 'mao bo'), ('太子参', 'tai zi shen'), ('没着落', 'mei zhuo luo'), ('没出息', 'mei chu xi')
ON CONFLICT (phrase, is_surname) DO NOTHING;
